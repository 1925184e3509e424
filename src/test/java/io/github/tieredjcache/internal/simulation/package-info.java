/**
 * Clusters on virtual time: the library's engine, near tier, outage tier and tracked keys on two or three nodes, and a Redis in memory.
 *
 * <p>One thread runs everything in the order that a seed decides: operations, the delays of messages, and faults (connections cut with and without
 * notice, in one direction or both; a frozen server; a server without its data; paused and crashed nodes; commands refused; replies that come too
 * late; a source that is slow or fails; clocks that run with an offset and too fast or too slow). What operations return is compared with what
 * Redis has held and when ({@link io.github.tieredjcache.internal.simulation.History}), promise by promise
 * ({@link io.github.tieredjcache.internal.simulation.Promise}). Each guard of the protocol
 * ({@link io.github.tieredjcache.internal.simulation.Saboteur}) is taken out in turn, and its promise must break.
 *
 * <p>Interleaving: while an operation waits for a message, for the lease of another one, or in the loader, the writer or an entry processor, messages
 * arrive and other operations run, on the same node, too. They end before it goes on, so operations do not overlap in every possible way, and no
 * operation waits for another one of its node: joined fetches, key locks and batches of entry processors are covered by the tests of their
 * classes, and so are the interleavings of real threads. Not covered either: what {@code FakeRedis} stands for, which the tests against a
 * real Redis cover (scripts, codec, connections, the circuit breaker's decision), evictions, expiry by access, listeners, and the expired values of
 * {@code load.stale-for}.
 */
package io.github.tieredjcache.internal.simulation;
