package io.vitrail.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Single HTTP requests. Redirects are followed here, not by the client: a token goes only to the
 * server it is meant for, and HTTPS never falls back to HTTP.
 */
final class HttpCalls {
  private static final int MAX_REDIRECTS = 5;
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final Duration RESPONSE = Duration.ofSeconds(60);
  private static final long MAX_RETRY_AFTER_SECONDS = 60;

  private final Environment environment;
  private @Nullable HttpClient client;

  HttpCalls(Environment environment) {
    this.environment = environment;
  }

  /** Made at the first call: a hub that only looks into its cache needs no client. */
  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(CONNECT)
              .proxy(new EnvironmentProxies(environment))
              .build();
    }
    return client;
  }

  /**
   * Sends GET and follows redirects to any server that is allowed.
   *
   * @param token sent as bearer to the server of {@code address} only
   */
  HttpResponse<InputStream> get(URI address, Optional<String> token, Map<String, String> headers)
      throws HubException {
    URI at = address;
    for (int i = 0; i <= MAX_REDIRECTS; i++) {
      Optional<String> tokenHere = Http.isSameServer(address, at) ? token : Optional.empty();
      HttpResponse<InputStream> response =
          send("GET", at, tokenHere, headers, HttpResponse.BodyHandlers.ofInputStream());
      if (!isRedirect(response)) {
        return response;
      }
      close(response.body());
      at = redirect(at, response);
    }
    throw new HubException(
        "%s redirects more than %d times".formatted(address.getHost(), MAX_REDIRECTS));
  }

  /** Sends HEAD; follows redirects on the same server, and returns one to elsewhere as it is. */
  HttpResponse<Void> head(URI address, Optional<String> token) throws HubException {
    URI at = address;
    for (int i = 0; i <= MAX_REDIRECTS; i++) {
      HttpResponse<Void> response =
          send("HEAD", at, token, Map.of(), HttpResponse.BodyHandlers.discarding());
      if (!isRedirect(response)) {
        return response;
      }
      URI next = redirect(at, response);
      if (!Http.isSameServer(address, next)) {
        return response;
      }
      at = next;
    }
    throw new HubException(
        "%s redirects more than %d times".formatted(address.getHost(), MAX_REDIRECTS));
  }

  private <T> HttpResponse<T> send(
      String method,
      URI at,
      Optional<String> token,
      Map<String, String> headers,
      HttpResponse.BodyHandler<T> body)
      throws HubException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(RESPONSE)
            .header("User-Agent", "vitrail")
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
    try {
      return client().send(request.build(), body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Interrupted.during("the download");
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new HubException(
          "%s cannot be reached: no network, or a proxy that is not set (HTTPS_PROXY)"
              .formatted(at.getHost()),
          e);
    } catch (SSLException e) {
      throw new HubException(
          "%s: no secure connection (%s)".formatted(at.getHost(), e.getMessage()), e);
    } catch (IOException e) {
      throw new TransientException(
          "%s: the connection failed (%s)".formatted(at.getHost(), CacheFolder.describe(e)), e);
    }
  }

  /** The failure that an error status stands for. */
  static HubException failure(URI address, HttpResponse<?> response) {
    int status = response.statusCode();
    String what = "%s answered %d".formatted(address.getHost(), status);
    return switch (status) {
      case 401, 403 -> new HubException(what + ": access denied for " + address.getPath());
      case 404, 410 -> new HubException(what + ": there is no " + address.getPath());
      case 408, 429, 500, 502, 503, 504 -> new TransientException(what, retryAfter(response));
      default -> new HubException(what);
    };
  }

  private static long retryAfter(HttpResponse<?> response) {
    String seconds = response.headers().firstValue("Retry-After").orElse("");
    return seconds.matches("[0-9]{1,6}")
        ? 1000 * Math.min(MAX_RETRY_AFTER_SECONDS, Long.parseLong(seconds))
        : 0;
  }

  static boolean isRedirect(HttpResponse<?> response) {
    return switch (response.statusCode()) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static URI redirect(URI from, HttpResponse<?> response) throws HubException {
    String location = response.headers().firstValue("Location").orElse("");
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new HubException(from.getHost() + " redirects to no address", e);
    }
    if (location.isBlank() || !Http.isAllowed(from, to)) {
      throw new HubException(
          "%s redirects to '%s'; only https is followed".formatted(from.getHost(), location));
    }
    return to;
  }

  static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // nothing was wanted from it
    }
  }
}
