package com.shop;

/** What is cached. */
public record Order(String id, String customer, long cents) {
    Order raisedBy(long more) {
        return new Order(id, customer, cents + more);
    }
}
