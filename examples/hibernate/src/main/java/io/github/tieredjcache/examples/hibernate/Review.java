package io.github.tieredjcache.examples.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;

/** Rarely changed, and may be read stale at times. */
@Entity
@Cache(usage = CacheConcurrencyStrategy.NONSTRICT_READ_WRITE)
public class Review {
    @Id
    private long id;

    private String text;

    @ManyToOne(fetch = FetchType.LAZY)
    private Product product;

    /** For Hibernate. */
    protected Review() {
        this(0, "", new Product());
    }

    Review(long id, String text, Product product) {
        this.id = id;
        this.text = text;
        this.product = product;
    }

    /** What was said. */
    public String text() {
        return text;
    }

    /** Says something else. */
    public void rewrite(String newText) {
        text = newText;
    }

    /** What it is about. */
    public Product product() {
        return product;
    }
}
