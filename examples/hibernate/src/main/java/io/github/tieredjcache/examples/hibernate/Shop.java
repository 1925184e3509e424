package io.github.tieredjcache.examples.hibernate;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.jpa.HibernateHints;
import org.hibernate.stat.Statistics;

/** A service as any that uses Hibernate: nothing in it knows how its entities are cached. */
public final class Shop implements AutoCloseable {
    private final EntityManagerFactory factory;

    private Shop(EntityManagerFactory factory) {
        this.factory = factory;
    }

    /**
     * Opens the persistence unit.
     *
     * @param settings in addition to those of {@code persistence.xml}: where the database is
     */
    public static Shop open(Map<String, String> settings) {
        return new Shop(Persistence.createEntityManagerFactory("shop", settings));
    }

    /** Does something in a transaction of its own. */
    <T> T ask(Function<EntityManager, T> work) {
        try (EntityManager entities = factory.createEntityManager()) {
            entities.getTransaction().begin();
            try {
                T result = work.apply(entities);
                entities.getTransaction().commit();
                return result;
            } finally {
                if (entities.getTransaction().isActive()) {
                    entities.getTransaction().rollback();
                }
            }
        }
    }

    /** As {@link #ask}, without a result. */
    void tell(Consumer<EntityManager> work) {
        ask(entities -> {
            work.accept(entities);
            return true;
        });
    }

    /** Adds products, each of that category and made in that country. */
    public void add(long firstId, int count, Category category, LocalDate introduced, Price price, String country) {
        tell(entities -> {
            Country origin = entities.find(Country.class, country);
            for (long id = firstId; id < firstId + count; id++) {
                entities.persist(new Product(id, "product " + id, category, introduced, price, origin));
            }
        });
    }

    /** Adds a country. */
    public void addCountry(String code, String name) {
        tell(entities -> entities.persist(new Country(code, name)));
    }

    /** What a country is called. */
    public String country(String code) {
        return ask(entities -> entities.find(Country.class, code).name());
    }

    /** What a product is called. */
    public String name(long id) {
        return ask(entities -> entities.find(Product.class, id).name());
    }

    /** Calls a product something else. */
    public void rename(long id, String name) {
        tell(entities -> entities.find(Product.class, id).rename(name));
    }

    /** Finds a product by its natural id; with 7.x alone that is {@code find(Product.class, sku, KeyType.NATURAL)}. */
    @SuppressWarnings("deprecation")
    public String nameOf(String sku) {
        return ask(entities -> entities.unwrap(Session.class)
                .bySimpleNaturalId(Product.class)
                .load(sku)
                .name());
    }

    /** The words of a product. */
    public List<String> tags(long id) {
        return ask(entities -> List.copyOf(entities.find(Product.class, id).tags()));
    }

    /** Adds a word to a product. */
    public void tag(long id, String tag) {
        tell(entities -> entities.find(Product.class, id).tags().add(tag));
    }

    /** Says something of a product. */
    public void review(long reviewId, long productId, String text) {
        tell(entities -> {
            Product product = entities.find(Product.class, productId);
            Review review = new Review(reviewId, text, product);
            entities.persist(review);
            product.reviews().add(review);
        });
    }

    /** What a review says. */
    public String text(long reviewId) {
        return ask(entities -> entities.find(Review.class, reviewId).text());
    }

    /** Changes a review. */
    public void rewrite(long reviewId, String text) {
        tell(entities -> entities.find(Review.class, reviewId).rewrite(text));
    }

    /** What was said of a product. */
    public List<String> reviews(long productId) {
        return ask(entities -> entities.find(Product.class, productId).reviews().stream()
                .map(Review::text)
                .toList());
    }

    /** The names of all products of a category, by a query whose result is cached. */
    public List<String> names(Category category) {
        return ask(entities -> entities.createQuery(
                        "select p.name from Product p where p.category = :category order by p.id", String.class)
                .setParameter("category", category)
                .setHint(HibernateHints.HINT_CACHEABLE, true)
                .getResultList());
    }

    /** The names of all products that were introduced since then, by a query whose result is cached. */
    public List<String> namesSince(LocalDate day) {
        return ask(entities -> entities.createQuery(
                        "select p.name from Product p where p.introduced >= :day order by p.id", String.class)
                .setParameter("day", day)
                .setHint(HibernateHints.HINT_CACHEABLE, true)
                .getResultList());
    }

    /** The products of which each parameter is of another kind: an enum, a date, a collection, a converted type. */
    public List<Product> search(Category category, LocalDate since, List<String> countries, Price most) {
        return ask(entities -> entities.createQuery("""
                        select p from Product p
                        where p.category = :category and p.introduced >= :since and p.origin.code in :countries and p.price <= :most
                        order by p.id""", Product.class)
                .setParameter("category", category)
                .setParameter("since", since)
                .setParameter("countries", countries)
                .setParameter("most", most)
                .setHint(HibernateHints.HINT_CACHEABLE, true)
                .getResultList());
    }

    /** What Hibernate has counted. */
    public Statistics statistics() {
        return factory.unwrap(SessionFactory.class).getStatistics();
    }

    /** Closes the persistence unit, and with it the cache manager. */
    @Override
    public void close() {
        factory.close();
    }
}
