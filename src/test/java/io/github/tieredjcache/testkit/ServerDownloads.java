package io.github.tieredjcache.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fetches servers into their {@link ServerFolder}: Redis 6.2 from a jar by Maven, the others as Debian's packages of several suites with
 * the libraries that they need. They are unpacked, not installed, and apt has folders of its own, so nobody needs to be root.
 */
final class ServerDownloads {
    /** From which suite of Debian a server comes, after that on which this suite builds. */
    private static final Map<String, List<String>> SUITES = Map.of(
            "valkey-8.0", List.of("bookworm", "bookworm-backports"),
            "redis-8.0", List.of("trixie"),
            "valkey-8.1", List.of("trixie"),
            "valkey-9.1", List.of("sid"));

    /** From which jar a server comes, and how the names of its programs begin there. */
    private static final Map<String, Jar> JARS =
            Map.of("redis-6.2", new Jar("com.github.codemonstur:embedded-redis:1.4.3", "redis-server-6.2*"));

    private static final String MIRROR = "http://deb.debian.org/debian";
    private static final String KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";
    /** The archive of Debian in a list of apt, of the one or the other form. */
    private static final Pattern ARCHIVE = Pattern.compile("(?m)^(?:URIs:|deb(?: \\[[^]]*])?) *(\\S+/debian)/?(?: |$)");

    private static final Pattern VERSION = Pattern.compile(" v=(\\S+)");

    private final Path servers;
    private final String maven;
    private final String aptGet;
    private final Set<String> updated = new HashSet<>();

    /**
     * Creates it.
     *
     * @param servers the folder in which each server has its own
     * @param maven the program of Maven
     * @param aptGet the program {@code apt-get}
     */
    ServerDownloads(Path servers, String maven, String aptGet) {
        this.servers = servers;
        this.maven = maven;
        this.aptGet = aptGet;
    }

    private record Jar(String artifact, String programs) {}

    /**
     * Fetches a server if it is not there.
     *
     * @return its version
     * @throws IOException if it cannot be had, with the reason
     */
    String fetch(String name) throws IOException, InterruptedException {
        ServerFolder folder = new ServerFolder(servers.resolve(name));
        if (!folder.isFilled()) {
            download(name, folder.path());
        }
        if (!folder.isFilled()) {
            throw new IOException("no program in " + folder.path());
        }
        List<String> command = new ArrayList<>(folder.command());
        command.add("--version");
        String said = run(command);
        Matcher version = VERSION.matcher(said);
        if (!version.find()) {
            throw new IOException(command + " did not print a version: " + said);
        }
        String wanted = name.substring(name.indexOf('-') + 1) + ".";
        if (!version.group(1).startsWith(wanted)) {
            throw new IOException("the program in " + folder.path() + " has version " + version.group(1));
        }
        return version.group(1);
    }

    private void download(String name, Path folder) throws IOException, InterruptedException {
        Jar jar = JARS.get(name);
        List<String> suites = SUITES.get(name);
        if (jar != null) {
            run(List.of(
                    maven,
                    "-B",
                    "-q",
                    "-ntp",
                    "dependency:unpack",
                    "-Dartifact=" + jar.artifact(),
                    "-Dmdep.unpack.includes=" + jar.programs(),
                    "-DoutputDirectory=" + folder));
        } else if (suites != null) {
            download(name.substring(0, name.indexOf('-')) + "-server", suites, folder);
        }
    }

    private void download(String server, List<String> suites, Path folder) throws IOException, InterruptedException {
        String suite = suites.get(suites.size() - 1);
        Path apt = servers.resolve("apt").resolve(suite);
        if (!updated.contains(suite)) {
            Files.createDirectories(apt.resolve("lists/partial"));
            Files.writeString(apt.resolve("sources.list"), sources(suites));
            // No package is installed, so that all are fetched on which the server depends.
            Files.writeString(apt.resolve("status"), "");
            run(aptGet(apt, apt, "update"));
            updated.add(suite);
        }
        Path archives = Files.createDirectories(apt.resolve("archives-" + server));
        Files.createDirectories(archives.resolve("partial"));
        run(aptGet(apt, archives, "-y", "--download-only", "--no-install-recommends", "-t", suite, "install", server));
        Path unpacked = Files.createDirectories(apt.resolve("unpacked-" + server));
        for (Path archive : packages(archives)) {
            run(List.of("dpkg-deb", "-x", archive.toString(), unpacked.toString()));
        }
        // At once, so that a folder is whole or missing.
        Files.move(unpacked, folder);
    }

    private List<String> aptGet(Path apt, Path archives, String... words) {
        List<String> command = new ArrayList<>(List.of(aptGet, "-q"));
        for (String option : List.of(
                "Dir::Etc::sourcelist=" + apt.resolve("sources.list"),
                "Dir::Etc::sourceparts=-",
                "Dir::State=" + apt,
                "Dir::State::status=" + apt.resolve("status"),
                "Dir::Cache=" + apt,
                "Dir::Cache::archives=" + archives,
                "Acquire::Languages=none",
                "Acquire::Retries=1",
                "Acquire::http::Timeout=10",
                "APT::Sandbox::User=",
                "APT::Update::Error-Mode=any",
                "Debug::NoLocking=1")) {
            command.addAll(List.of("-o", option));
        }
        command.addAll(List.of(words));
        return command;
    }

    private static List<Path> packages(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".deb"))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }

    private static String sources(List<String> suites) throws IOException {
        String mirror = mirror();
        StringBuilder lines = new StringBuilder();
        for (String suite : suites) {
            lines.append("deb [signed-by=" + KEYS + "] " + mirror + " " + suite + " main\n");
        }
        return lines.toString();
    }

    /** The mirror of Debian that the machine uses, else Debian's own name. */
    private static String mirror() throws IOException {
        Path configured = Path.of("/etc/apt");
        if (!Files.isDirectory(configured)) {
            return MIRROR;
        }
        try (Stream<Path> files = Files.walk(configured, 2)) {
            List<Path> lists = files.filter(file -> file.toString().matches(".*/sources\\.list|.*\\.(list|sources)"))
                    .filter(Files::isReadable)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            for (Path list : lists) {
                String archive = archiveIn(Files.readString(list));
                if (archive != null) {
                    return archive;
                }
            }
        }
        return MIRROR;
    }

    /** Returns the archive of Debian that a list of apt names; null if it names none. */
    static @Nullable String archiveIn(String list) {
        Matcher archive = ARCHIVE.matcher(list);
        return archive.find() ? archive.group(1) : null;
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(
                    command.get(0) + " ended with " + process.exitValue() + ": " + said.replaceAll("\\R", "; "));
        }
        return said;
    }
}
