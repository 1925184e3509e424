/** What users get to read for mistakes that are often made: the page "What does this message mean?" and these tests are the same. */
@NullMarked
package io.github.tieredjcache.messages;

import org.jspecify.annotations.NullMarked;
