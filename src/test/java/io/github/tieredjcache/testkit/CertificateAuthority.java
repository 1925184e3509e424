package io.github.tieredjcache.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * One that signs certificates, with a key that was made a moment ago: for servers and clients that live as long as a test.
 *
 * <p>Needs {@code org.bouncycastle:bcpkix-jdk18on} on the class path.
 */
public final class CertificateAuthority {
    private static final Duration LIFE = Duration.ofDays(1);

    private final Path folder;
    private final X500Principal name;
    private final KeyPair keys;
    private final Path certificate;

    private CertificateAuthority(Path folder, String name) {
        this.folder = folder;
        this.name = new X500Principal("CN=" + name);
        this.keys = newKeys();
        Instant now = Instant.now();
        this.certificate = pem(
                name,
                "CERTIFICATE",
                encoded(sign(this.name, keys, now.minus(LIFE), now.plus(LIFE), new BasicConstraints(true))));
    }

    /**
     * Makes one.
     *
     * @param folder where its files go; whose folder it is deletes them
     */
    public static CertificateAuthority in(Path folder, String name) {
        return new CertificateAuthority(folder, name);
    }

    /** The PEM file of its own certificate. */
    public Path certificate() {
        return certificate;
    }

    /** Signs a certificate that is valid now. */
    public Identity issue(String subject, String... hosts) {
        return issue(subject, Instant.now().plus(LIFE), hosts);
    }

    /**
     * Signs a certificate.
     *
     * @param subject for whom, and how its files are named
     * @param end when its validity ends; it began the day before
     * @param hosts the addresses and names of the server
     */
    public Identity issue(String subject, Instant end, String... hosts) {
        KeyPair own = newKeys();
        GeneralNames names = new GeneralNames(Stream.of(hosts)
                .map(each ->
                        new GeneralName(each.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, each))
                .toArray(GeneralName[]::new));
        X509Certificate signed =
                sign(new X500Principal("CN=" + subject), own, end.minus(LIFE), end, hosts.length == 0 ? null : names);
        return new Identity(
                pem(subject, "CERTIFICATE", encoded(signed)),
                pem(subject + "-key", "PRIVATE KEY", own.getPrivate().getEncoded()));
    }

    private X509Certificate sign(
            X500Principal subject,
            KeyPair own,
            Instant begin,
            Instant end,
            org.bouncycastle.asn1.ASN1Object extension) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(System.nanoTime()),
                    Date.from(begin),
                    Date.from(end),
                    subject,
                    own.getPublic());
            if (extension instanceof GeneralNames) {
                builder.addExtension(Extension.subjectAlternativeName, false, extension);
            } else if (extension != null) {
                builder.addExtension(Extension.basicConstraints, true, extension);
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (OperatorCreationException | CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("Cannot sign a certificate for " + subject, e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK makes elliptic keys", e);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Cannot encode what was just made", e);
        }
    }

    private Path pem(String file, String type, byte[] content) {
        String text = "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + type
                + "-----\n";
        try {
            return Files.writeString(folder.resolve(file + ".pem"), text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file + ".pem into " + folder, e);
        }
    }

    /**
     * A certificate and its key, each a PEM file.
     *
     * @param certificate the certificate
     * @param key the private key, PKCS #8
     */
    public record Identity(Path certificate, Path key) {}
}
