/**
 * The conditions of a near copy: tickets, tracking generations, and the proof that invalidations arrive.
 *
 * <p>Floor 1. Pure: no threads, no sockets. A {@link io.github.tieredjcache.internal.coherence.FillTicket} is taken
 * before a read, and the entry is kept only while its ticket is valid. It sees nothing of this project.
 */
@NullMarked
package io.github.tieredjcache.internal.coherence;

import org.jspecify.annotations.NullMarked;
