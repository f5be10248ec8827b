package io.vitrail.hub;

/** The fetch was interrupted: no further source is tried. */
final class Interrupted extends HubException {
  private Interrupted(String message) {
    super(message);
  }

  static Interrupted during(String what) {
    return new Interrupted(
        "interrupted during %s; nothing unfinished is used, run it again to go on".formatted(what));
  }
}
