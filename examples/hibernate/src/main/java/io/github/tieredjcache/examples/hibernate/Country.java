package io.github.tieredjcache.examples.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.Immutable;

/** What never changes. */
@Entity
@Immutable
@Cache(usage = CacheConcurrencyStrategy.READ_ONLY)
public class Country {
    @Id
    private String code;

    private String name;

    /** For Hibernate. */
    protected Country() {
        this("", "");
    }

    Country(String code, String name) {
        this.code = code;
        this.name = name;
    }

    /** The code of ISO 3166. */
    public String code() {
        return code;
    }

    /** In English. */
    public String name() {
        return name;
    }

    /** Is not written: the entity is immutable. */
    void rename(String newName) {
        name = newName;
    }
}
