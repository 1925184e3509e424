package io.github.tieredjcache.examples.hibernate;

import jakarta.persistence.Convert;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.NaturalIdCache;
import org.hibernate.annotations.SortNatural;

/** What is changed on all nodes and must not be read stale. */
@Entity
@NaturalIdCache
@Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
public class Product {
    @Id
    private long id;

    @Version
    private int version;

    @NaturalId
    private String sku;

    private String name;

    private Category category;

    private LocalDate introduced;

    @Convert(converter = PriceConverter.class)
    private Price price;

    @ManyToOne
    private Country origin;

    @ElementCollection
    @SortNatural
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    private Set<String> tags = new TreeSet<>();

    @OneToMany(mappedBy = "product")
    @OrderBy("id")
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    private List<Review> reviews = new ArrayList<>();

    /** For Hibernate. */
    protected Product() {
        this(0, "", Category.BOOK, LocalDate.EPOCH, new Price(0), new Country());
    }

    Product(long id, String name, Category category, LocalDate introduced, Price price, Country origin) {
        this.id = id;
        this.sku = "sku-" + id;
        this.name = name;
        this.category = category;
        this.introduced = introduced;
        this.price = price;
        this.origin = origin;
    }

    /** The primary key. */
    public long id() {
        return id;
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** Calls it something else. */
    public void rename(String newName) {
        name = newName;
    }

    /** Its words, in order. */
    public Set<String> tags() {
        return tags;
    }

    /** What was said of it, oldest first. */
    public List<Review> reviews() {
        return reviews;
    }
}
