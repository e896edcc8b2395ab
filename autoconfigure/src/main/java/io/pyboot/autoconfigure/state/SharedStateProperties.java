package io.pyboot.autoconfigure.state;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * State that contexts and Java share.
 *
 * @param maxEntries How many keys there may be. By default, there is no maximum. Holds
 * for the store in memory.
 */
@ConfigurationProperties("pyboot.state")
public record SharedStateProperties(@Nullable Integer maxEntries) {

}
