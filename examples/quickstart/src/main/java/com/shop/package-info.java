/**
 * The code of the project's README, as a program: a shop that caches its orders.
 *
 * <p>{@link com.shop.Orders} is what an application would have; {@link com.shop.Main} shows it on two nodes.
 */
package com.shop;
