/**
 * A chat service that caches its conversations in front of a slow store, and the measurement of what that brings.
 *
 * <p>What a service would write is {@code Conversation}, {@code ConversationStore}, {@code ConversationLoader}, {@code
 * ConversationWriter}, {@code AppendMessage} and {@code ConversationCache}. The rest makes the conversations, sends the
 * requests, and measures: {@code Main} runs two {@code ServiceNode}s, one after the other, each in a JVM of its own, and
 * prints what {@code ResultTable} makes of their reports.
 */
@NullMarked
package io.github.tieredjcache.examples.conversations;

import org.jspecify.annotations.NullMarked;
