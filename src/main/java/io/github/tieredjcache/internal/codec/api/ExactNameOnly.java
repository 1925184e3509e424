package io.github.tieredjcache.internal.codec.api;

import java.lang.module.ModuleDescriptor;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Classes that no package pattern allows and no cache learns, only their exact names allow them: classes of the Java runtime, and known gadget classes
 * of libraries, which can run code when they are read.
 *
 * <p>Security does not depend on a complete list, since a class is refused unless a rule allows it or this node has
 * stored such an object. The list limits the damage of a pattern that is too broad, such as {@code org.**}, and of a
 * value that is not meant to be stored.
 */
public final class ExactNameOnly {
    /** Prefixes of the names of gadget classes: packages with their subpackages, and single classes. */
    private static final List<String> GADGETS = List.of(
            "bsh.",
            "ch.qos.logback.core.db.",
            "clojure.",
            "com.alibaba.druid.",
            "com.alibaba.fastjson.JSON",
            "com.alibaba.fastjson2.JSON",
            "com.caucho.",
            "com.fasterxml.jackson.databind.node.POJONode",
            "com.mchange.",
            "com.opensymphony.xwork2.",
            "com.rometools.rome.feed.impl.",
            "com.sun.syndication.feed.impl.",
            "com.vaadin.data.util.",
            "com.vaadin.v7.data.util.",
            "com.zaxxer.hikari.",
            "freemarker.",
            "groovy.",
            "javassist.",
            "net.sf.json.",
            "ognl.",
            "oracle.jdbc.",
            "org.apache.bcel.",
            "org.apache.click.control.",
            "org.apache.commons.beanutils.",
            "org.apache.commons.beanutils2.",
            "org.apache.commons.collections.Transformer",
            "org.apache.commons.collections.bag.Tree",
            "org.apache.commons.collections.comparators.",
            "org.apache.commons.collections.functors.",
            "org.apache.commons.collections.keyvalue.TiedMapEntry",
            "org.apache.commons.collections.map.DefaultedMap",
            "org.apache.commons.collections.map.LazyMap",
            "org.apache.commons.collections.map.TransformedMap",
            "org.apache.commons.collections4.Transformer",
            "org.apache.commons.collections4.bag.Tree",
            "org.apache.commons.collections4.comparators.",
            "org.apache.commons.collections4.functors.",
            "org.apache.commons.collections4.keyvalue.TiedMapEntry",
            "org.apache.commons.collections4.map.DefaultedMap",
            "org.apache.commons.collections4.map.LazyMap",
            "org.apache.commons.collections4.map.TransformedMap",
            "org.apache.commons.configuration.",
            "org.apache.commons.configuration2.",
            "org.apache.commons.dbcp.",
            "org.apache.commons.dbcp2.",
            "org.apache.commons.fileupload.",
            "org.apache.commons.fileupload2.",
            "org.apache.commons.jelly.",
            "org.apache.groovy.",
            "org.apache.ibatis.datasource.",
            "org.apache.myfaces.",
            "org.apache.tomcat.dbcp.",
            "org.apache.velocity.",
            "org.apache.wicket.util.upload.",
            "org.apache.xalan.",
            "org.apache.xbean.",
            "org.aspectj.weaver.",
            "org.codehaus.groovy.",
            "org.hibernate.engine.",
            "org.hibernate.property.",
            "org.hibernate.tuple.",
            "org.hibernate.type.",
            "org.jboss.interceptor.",
            "org.jboss.weld.",
            "org.mozilla.javascript.",
            "org.python.",
            "org.quartz.",
            "org.springframework.aop.",
            "org.springframework.beans.",
            "org.springframework.core.SerializableTypeWrapper",
            "org.springframework.expression.",
            "org.springframework.jndi.",
            "org.springframework.transaction.jta.",
            "scala.sys.");

    /** Prefixes of the packages of any JDK version, also of versions other than the running one. */
    private static final List<String> RUNTIMES = List.of("java.", "jdk.", "sun.");

    private static final Set<String> RUNTIME_PACKAGES = runtimePackages();

    private ExactNameOnly() {}

    /** Returns whether only the exact name allows this class. */
    public static boolean contains(String className) {
        int dot = className.lastIndexOf('.');
        return RUNTIMES.stream().anyMatch(className::startsWith)
                || (dot > 0 && RUNTIME_PACKAGES.contains(className.substring(0, dot)))
                || GADGETS.stream().anyMatch(className::startsWith);
    }

    private static Set<String> runtimePackages() {
        return ModuleLayer.boot().modules().stream()
                .filter(module -> module.getClassLoader() == null
                        || module.getClassLoader() == ClassLoader.getPlatformClassLoader())
                .map(Module::getDescriptor)
                .map(ModuleDescriptor::packages)
                .flatMap(Set::stream)
                .collect(Collectors.toUnmodifiableSet());
    }
}
