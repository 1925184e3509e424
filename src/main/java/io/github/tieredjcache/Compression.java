package io.github.tieredjcache;

/** How large values are made smaller in Redis; every node that has the library reads what is compressed, whatever it does itself. */
public enum Compression {
    /** Not at all. */
    NONE,
    /** By LZ4: quick, by about a half for text. Needs the library {@code at.yawk.lz4:lz4-java} on the class path. */
    LZ4
}
