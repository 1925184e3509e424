package io.github.tieredjcache.internal.remote.connection;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a server is not trusted, in words that say what to do. */
final class TlsFailures {
    private TlsFailures() {}

    /** Returns what happened, or null if it has nothing to do with TLS. */
    static @Nullable String describe(Throwable failure, Throwable root) {
        if (!isTlsFailure(failure)) {
            return null;
        }
        if (root instanceof NotSslRecordException) {
            // Not its own words: they quote what came.
            return "TLS failed: the server does not speak it";
        }
        if (root instanceof SslHandshakeTimeoutException) {
            return "TLS failed: there was no handshake in time; perhaps the server does not speak it on this port";
        }
        if (root instanceof CertificateExpiredException || root instanceof CertificateNotYetValidException) {
            return "TLS failed: the certificate of the server is not valid now (" + root.getMessage() + ")";
        }
        if (root instanceof CertPathBuilderException) {
            return "TLS failed: the certificate of the server is signed by no authority that is trusted;"
                    + " redis.tls.ca-file names those that are";
        }
        String message = root.getMessage();
        return "TLS failed: " + (message == null ? root.getClass().getSimpleName() : message);
    }

    private static boolean isTlsFailure(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SSLException) {
                return true;
            }
        }
        return false;
    }
}
