package io.vitrail.hub;

import java.net.URI;

/**
 * A file behind a plain HTTPS address.
 *
 * @param address the whole address; {@code http} only for this machine itself
 * @param file what it must be
 */
public record HttpsSource(URI address, ModelFile file) implements Source {
  public HttpsSource {
    if (!Http.isAllowed(address)) {
      throw new IllegalArgumentException(
          "a download address starts with https://, got '%s'".formatted(address));
    }
  }

  @Override
  public String describe() {
    return address.toString();
  }
}
