package io.vitrail.hub;

import java.util.OptionalLong;

/** Told how many bytes of how many there are. */
@FunctionalInterface
interface Progress {
  void at(long done, OptionalLong total);
}
