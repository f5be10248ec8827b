package io.vitrail.hub;

/** A whole file arrived, but it is not the one the card describes. */
final class WrongFileException extends HubException {
  WrongFileException(String message) {
    super(message);
  }
}
