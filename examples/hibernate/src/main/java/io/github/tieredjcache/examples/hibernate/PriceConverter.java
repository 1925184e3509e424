package io.github.tieredjcache.examples.hibernate;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import org.jspecify.annotations.Nullable;

/** A price as the database has it. */
@Converter
public final class PriceConverter implements AttributeConverter<@Nullable Price, @Nullable Long> {
    @Override
    public @Nullable Long convertToDatabaseColumn(@Nullable Price price) {
        return price == null ? null : price.cents();
    }

    @Override
    public @Nullable Price convertToEntityAttribute(@Nullable Long cents) {
        return cents == null ? null : new Price(cents);
    }
}
