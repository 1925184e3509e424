package io.github.tieredjcache.internal.remote.connection;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Describes failures of TLS, with a cure where there is one. */
final class TlsFailures {
    private TlsFailures() {}

    /** Returns a description of the failure; null if it is not one of TLS. */
    static @Nullable String describe(Throwable failure, Throwable root) {
        if (!isTlsFailure(failure)) {
            return null;
        }
        if (root instanceof NotSslRecordException) {
            // The message of the exception is not used: it quotes bytes that the server sent.
            return "TLS failed: the server does not use TLS on this port; name its TLS port in redis.uri, or begin it with redis://";
        }
        if (root instanceof SslHandshakeTimeoutException) {
            return "TLS failed: the handshake timed out; if the server does not use TLS on this port, begin redis.uri with redis://";
        }
        if (root instanceof CertificateExpiredException || root instanceof CertificateNotYetValidException) {
            return "TLS failed: the certificate of the server is not valid now (" + root.getMessage() + ")";
        }
        if (root instanceof CertPathBuilderException) {
            return "TLS failed: the certificate of the server is signed by no trusted authority; add its"
                    + " authority to redis.tls.ca-file";
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
