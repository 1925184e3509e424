package io.github.tieredjcache.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows invalid properties as Spring Boot shows other mistakes: description and action in place of a stack trace. */
final class InvalidPropertiesAnalyzer extends AbstractFailureAnalyzer<InvalidPropertiesException> {
    @Override
    protected FailureAnalysis analyze(Throwable failure, InvalidPropertiesException cause) {
        return new FailureAnalysis(
                cause.getMessage(), "Correct the properties tiered-jcache.*, or the configuration file.", cause);
    }
}
