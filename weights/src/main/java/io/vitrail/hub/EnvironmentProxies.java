package io.vitrail.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Chooses a proxy the way command-line programs do: {@code HTTPS_PROXY} or {@code HTTP_PROXY} (also
 * in lower case), except for the hosts in {@code NO_PROXY}; without them, Java's own settings hold.
 * Java itself does not read these variables.
 */
final class EnvironmentProxies extends ProxySelector {
  private final Environment environment;

  EnvironmentProxies(Environment environment) {
    this.environment = environment;
  }

  @Override
  public List<Proxy> select(URI uri) {
    Optional<String> address = either(uri.getScheme() + "_proxy");
    if (address.isEmpty()) {
      ProxySelector java = ProxySelector.getDefault();
      return java == null ? List.of(Proxy.NO_PROXY) : java.select(uri);
    }
    if (isExcepted(uri.getHost())) {
      return List.of(Proxy.NO_PROXY);
    }
    String text = address.get();
    URI proxy = URI.create(text.contains("://") ? text : "http://" + text);
    int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
    return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port)));
  }

  private boolean isExcepted(String host) {
    for (String entry : either("no_proxy").orElse("").split(",")) {
      String name = entry.strip().toLowerCase(Locale.ROOT);
      String suffix = name.startsWith(".") ? name : "." + name;
      if (name.equals("*")
          || (!name.isEmpty() && ("." + host.toLowerCase(Locale.ROOT)).endsWith(suffix))) {
        return true;
      }
    }
    return false;
  }

  private Optional<String> either(String lowerCase) {
    return environment
        .variable(lowerCase)
        .or(() -> environment.variable(lowerCase.toUpperCase(Locale.ROOT)));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // the request itself fails, and says so
  }
}
