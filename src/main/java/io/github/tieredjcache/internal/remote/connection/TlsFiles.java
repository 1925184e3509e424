package io.github.tieredjcache.internal.remote.connection;

import io.lettuce.core.SslOptions;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files for TLS: trusted authorities, and the certificate of this client. They are read for each connection.
 *
 * @param ca the certificates of the trusted authorities; null for those of the JVM
 * @param certificate the certificate of this client with the chain to its authority; null for none
 * @param key the private key of the certificate; null for none
 */
public record TlsFiles(
        @Nullable String ca,
        @Nullable String certificate,
        @Nullable String key) {
    /** The authorities of the JVM, and no certificate of this client. */
    public static final TlsFiles NONE = new TlsFiles(null, null, null);

    private static final String CA_FILE = "redis.tls.ca-file";
    private static final String CERTIFICATE_FILE = "redis.tls.certificate-file";
    private static final String KEY_FILE = "redis.tls.key-file";

    /**
     * Returns the TLS options of a connection.
     *
     * @param encrypted whether the connection uses TLS
     * @param connectTimeout how long the connection may take; the handshake gets half of it, so that its failure is
     *     reported in time
     * @throws IllegalArgumentException if a file cannot be used; names the setting, the file and the rule
     */
    SslOptions options(boolean encrypted, Duration connectTimeout) {
        if (!encrypted && !equals(NONE)) {
            throw new IllegalArgumentException(
                    "redis.uri must begin with rediss:// if redis.tls.* is set; redis:// does not encrypt");
        }
        SslOptions.Builder options =
                SslOptions.builder().jdkSslProvider().handshakeTimeout(connectTimeout.dividedBy(2));
        if (ca != null) {
            requireCertificates(CA_FILE, ca);
            options.trustManager(new File(ca));
        }
        if (certificate != null && key != null) {
            requireCertificates(CERTIFICATE_FILE, certificate);
            requireKey(certificate, key);
            options.keyManager(new File(certificate), new File(key), new char[0]);
        } else if (certificate != null || key != null) {
            throw new IllegalArgumentException(CERTIFICATE_FILE + " and " + KEY_FILE
                    + " must be set both or neither, and " + (key == null ? KEY_FILE : CERTIFICATE_FILE) + " is not");
        }
        return options.build();
    }

    private static void requireCertificates(String setting, String file) {
        requireReadable(setting, file);
        try (InputStream in = Files.newInputStream(new File(file).toPath())) {
            if (!CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .isEmpty()) {
                return;
            }
        } catch (IOException | CertificateException e) {
            // The cause is dropped: it may quote the file, which may be a key.
        }
        throw broken(setting, file, "must hold certificates in PEM (BEGIN CERTIFICATE)");
    }

    private static void requireKey(String certificate, String key) {
        requireReadable(KEY_FILE, key);
        try {
            var unused = SslContextBuilder.forClient()
                    .keyManager(new File(certificate), new File(key))
                    .build();
        } catch (SSLException | RuntimeException e) {
            throw broken(KEY_FILE, key, "must hold a private key in PEM, PKCS #8, not encrypted (BEGIN PRIVATE KEY)");
        }
    }

    private static void requireReadable(String setting, String file) {
        File existing = new File(file);
        if (!existing.isFile()) {
            throw broken(setting, file, existing.exists() ? "must be a file" : "must exist");
        }
        if (!existing.canRead()) {
            throw broken(setting, file, "must be readable by this process");
        }
    }

    private static IllegalArgumentException broken(String setting, String file, String rule) {
        return new IllegalArgumentException(setting + " " + rule + ", was " + file);
    }
}
