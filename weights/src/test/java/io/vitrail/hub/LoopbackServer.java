package io.vitrail.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on this machine that misbehaves as told. */
final class LoopbackServer implements AutoCloseable {
  /** One answer; the default of every path is {@link #serve()}. */
  @FunctionalInterface
  interface Answer {
    void to(HttpExchange exchange, byte[] content) throws IOException;
  }

  /** What a client asked. */
  record Asked(String method, String path, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
  private final Map<String, Queue<Answer>> scripts = new ConcurrentHashMap<>();
  private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();

  LoopbackServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  URI address(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** Puts a file on the server; the scripted answers are given first, one for each request. */
  URI put(String path, byte[] content, Answer... script) {
    contents.put(path, content);
    scripts.put(path, new ArrayDeque<>(List.of(script)));
    return address(path);
  }

  List<Asked> asked() {
    return new ArrayList<>(asked);
  }

  List<Asked> asked(String method, String path) {
    return asked().stream()
        .filter(a -> a.method().equals(method) && a.path().equals(path))
        .toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    Map<String, String> headers = new ConcurrentHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    asked.add(new Asked(exchange.getRequestMethod(), path, headers));
    byte[] content = contents.get(path);
    try (exchange) {
      if (content == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      Answer answer;
      synchronized (this) {
        answer = scripts.get(path).poll();
      }
      (answer == null ? serve() : answer).to(exchange, content);
    }
  }

  static String tag(byte[] content) {
    return '"' + TestFiles.sha256(content).hex().substring(0, 12) + '"';
  }

  /** Serves properly: tag, ranges, conditions. */
  static Answer serve() {
    return (exchange, content) -> send(exchange, content, Integer.MAX_VALUE);
  }

  /** Announces everything and breaks the connection after so many bytes. */
  static Answer cutAfter(int bytes) {
    return (exchange, content) -> send(exchange, content, bytes);
  }

  /** Serves when told to; counts the first latch down when asked. */
  static Answer hold(CountDownLatch arrived, CountDownLatch go) {
    return (exchange, content) -> {
      arrived.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      send(exchange, content, Integer.MAX_VALUE);
    };
  }

  /** Sends some bytes, then nothing until the latch opens. */
  static Answer stallAfter(int bytes, CountDownLatch end) {
    return (exchange, content) -> {
      exchange.getResponseHeaders().add("ETag", tag(content));
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, bytes);
      exchange.getResponseBody().flush();
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  static Answer status(int status, String... headers) {
    return (exchange, content) -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
    };
  }

  private static void send(HttpExchange exchange, byte[] content, int cut) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    int from = 0;
    exchange.getResponseHeaders().add("ETag", tag(content));
    if (range != null && tag(content).equals(condition)) {
      from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      exchange
          .getResponseHeaders()
          .add(
              "Content-Range",
              "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
    }
    int length = content.length - from;
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().add("Content-Length", String.valueOf(length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, length);
    OutputStream out = exchange.getResponseBody();
    out.write(content, from, Math.min(length, cut));
    out.flush();
    if (cut >= length) {
      out.close();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
