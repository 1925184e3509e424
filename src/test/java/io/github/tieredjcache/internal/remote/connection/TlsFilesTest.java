package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.testkit.CertificateAuthority;
import io.github.tieredjcache.testkit.CertificateAuthority.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
    private static final String ENCRYPTED =
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";

    @TempDir
    private Path folder;

    private String ca;
    private String certificate;
    private String key;

    @BeforeEach
    void makesCertificates() {
        CertificateAuthority authority = CertificateAuthority.in(folder, "authority");
        Identity identity = authority.issue("client");
        ca = authority.certificate().toString();
        certificate = identity.certificate().toString();
        key = identity.key().toString();
    }

    @Test
    void validFilesAreAccepted() throws Exception {
        assertNotNull(options(new TlsFiles(ca, certificate, key))
                .createSslContextBuilder()
                .build());
        assertNotNull(options(TlsFiles.NONE).createSslContextBuilder().build());
    }

    @Test
    void aMissingFileIsReportedWithItsSetting() {
        String missing = folder.resolve("missing.pem").toString();
        refused(new TlsFiles(missing, null, null), "redis.tls.ca-file must exist, was " + missing);
        refused(new TlsFiles(folder.toString(), null, null), "redis.tls.ca-file must be a file, was " + folder);
        refused(new TlsFiles(ca, missing, key), "redis.tls.certificate-file must exist, was " + missing);
        refused(new TlsFiles(ca, certificate, missing), "redis.tls.key-file must exist, was " + missing);
    }

    @Test
    void aFileOfTheWrongKindIsNamedAndNotQuoted() throws IOException {
        String garbage =
                Files.writeString(folder.resolve("garbage.pem"), "s3cret").toString();
        String empty = Files.writeString(folder.resolve("empty.pem"), "").toString();
        for (String each : new String[] {garbage, empty, key}) {
            refused(
                    new TlsFiles(each, null, null),
                    "redis.tls.ca-file must hold certificates in PEM (BEGIN CERTIFICATE), was " + each);
        }
        refused(
                new TlsFiles(null, garbage, key),
                "redis.tls.certificate-file must hold certificates in PEM (BEGIN CERTIFICATE), was " + garbage);
        String encrypted =
                Files.writeString(folder.resolve("encrypted.pem"), ENCRYPTED).toString();
        for (String each : new String[] {garbage, empty, certificate, encrypted}) {
            refused(
                    new TlsFiles(null, certificate, each),
                    "redis.tls.key-file must hold a private key in PEM, PKCS #8, not encrypted (BEGIN PRIVATE KEY), was "
                            + each);
        }
    }

    @Test
    void aCertificateWithoutAKeyAndAKeyWithoutACertificateAreRefused() {
        String rule = "redis.tls.certificate-file and redis.tls.key-file must be set both or neither, and ";
        refused(new TlsFiles(null, certificate, null), rule + "redis.tls.key-file is not");
        refused(new TlsFiles(null, null, key), rule + "redis.tls.certificate-file is not");
    }

    @Test
    void tlsFilesAreRefusedForAnUnencryptedUri() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> new TlsFiles(ca, null, null).options(false, Duration.ofSeconds(1)));
        assertTrue(String.valueOf(refusal.getMessage()).contains("must begin with rediss://"), refusal::toString);
    }

    private static void refused(TlsFiles files, String message) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> options(files));
        assertEquals(message, refusal.getMessage());
        assertNull(refusal.getCause());
    }

    private static io.lettuce.core.SslOptions options(TlsFiles files) {
        return files.options(true, Duration.ofSeconds(1));
    }
}
