package com.shop;

/** What is cached. */
public record Order(String id, long cents) {}
