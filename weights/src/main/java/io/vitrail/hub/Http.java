package io.vitrail.hub;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** Which addresses may be asked. */
final class Http {
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  private Http() {}

  /** HTTPS anywhere; plain HTTP only to this machine itself. */
  static boolean isAllowed(URI uri) {
    if (uri.getScheme() == null || uri.getHost() == null || uri.getUserInfo() != null) {
      return false;
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    return scheme.equals("https") || (scheme.equals("http") && isThisMachine(uri));
  }

  /** Whether a redirect may be followed: never from HTTPS to anything less. */
  static boolean isAllowed(URI from, URI to) {
    return isAllowed(to) && (to.getScheme().equalsIgnoreCase("https") || isThisMachine(from));
  }

  static boolean isSameServer(URI a, URI b) {
    return a.getScheme().equalsIgnoreCase(b.getScheme())
        && a.getHost().equalsIgnoreCase(b.getHost())
        && a.getPort() == b.getPort();
  }

  private static boolean isThisMachine(URI uri) {
    return THIS_MACHINE.contains(uri.getHost().toLowerCase(Locale.ROOT));
  }
}
