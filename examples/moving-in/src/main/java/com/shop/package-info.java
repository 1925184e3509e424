/** An application that moves to this library: its caches as files, in {@code src/main/resources}, and what shows them. */
package com.shop;
