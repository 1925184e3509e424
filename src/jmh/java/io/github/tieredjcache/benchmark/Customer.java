package io.github.tieredjcache.benchmark;

import java.io.Serial;
import java.io.Serializable;
import java.time.Instant;

/** A mutable entity of ten fields, as an application keeps them for its database. */
final class Customer implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private long id;
    private String name = "";
    private String email = "";
    private String street = "";
    private String city = "";
    private int visits;
    private long revenueCents;
    private boolean active;
    private Instant created = Instant.EPOCH;
    private Instant changed = Instant.EPOCH;

    static Customer numbered(int number) {
        Customer customer = new Customer();
        customer.id = number;
        customer.name = "Customer Number " + number;
        customer.email = "customer." + number + "@example.com";
        customer.street = number + " Benchmark Street";
        customer.city = "City " + number % 100;
        customer.visits = number % 17;
        customer.revenueCents = 1_000L * number;
        customer.active = number % 3 != 0;
        customer.created = Instant.ofEpochSecond(1_700_000_000L + number);
        customer.changed = Instant.ofEpochSecond(1_710_000_000L + number);
        return customer;
    }

    Customer copy() {
        Customer copy = new Customer();
        copy.id = id;
        copy.name = name;
        copy.email = email;
        copy.street = street;
        copy.city = city;
        copy.visits = visits;
        copy.revenueCents = revenueCents;
        copy.active = active;
        copy.created = created;
        copy.changed = changed;
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Customer that
                && id == that.id
                && name.equals(that.name)
                && email.equals(that.email)
                && street.equals(that.street)
                && city.equals(that.city)
                && visits == that.visits
                && revenueCents == that.revenueCents
                && active == that.active
                && created.equals(that.created)
                && changed.equals(that.changed);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }
}
