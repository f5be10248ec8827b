package io.vitrail.hub;

import java.util.List;

/** No card has the name that was asked for; the message lists the nearest names. */
public final class UnknownModelException extends HubException {
  private final List<String> near;

  UnknownModelException(String name, List<String> known) {
    this(name, NearNames.of(name, known), known);
  }

  private UnknownModelException(String name, List<String> near, List<String> known) {
    super(
        near.isEmpty()
            ? "unknown model '%s'; known: %s".formatted(name, String.join(", ", known))
            : "unknown model '%s'; near: %s (all names: vitrail models list)"
                .formatted(name, String.join(", ", near)));
    this.near = near;
  }

  /** Names like the one asked for, nearest first; empty when none is like it. */
  public List<String> near() {
    return near;
  }
}
