package io.github.tieredjcache.internal.codec;

import javax.cache.CacheException;

/** Copies objects part by part, each class in its own form, and shares what is deeply immutable. */
final class GraphCopier implements Copier {
    private final Shapes shapes;

    GraphCopier(Shapes shapes) {
        this.shapes = shapes;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T copy(T value) {
        if (value instanceof String) {
            return value;
        }
        Form<Object> form = shapes.get(value.getClass()).form();
        return form.isShareable() ? value : (T) copy(value, form);
    }

    private Object copy(Object value, Form<Object> form) {
        try {
            return new Copying(shapes).item(value, form);
        } catch (RefusedException e) {
            throw new CacheException(
                    "cannot copy an object of class " + value.getClass().getName() + " for store by value: "
                            + e.describe("value"),
                    e.getCause());
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            throw new CacheException(
                    "cannot copy an object of class " + value.getClass().getName() + " for store by value", e);
        }
    }
}
