package io.vitrail.hub;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the hub knows of the machine it runs on: injected, so that tests need no network, no
 * installed programs and no real waiting.
 *
 * @param variables environment variables
 * @param home the user's home folder
 * @param platform which conventions hold
 * @param sleeper how pauses between attempts are made
 */
public record Environment(
    Map<String, String> variables, Path home, Platform platform, Sleeper sleeper) {

  /** Families of operating systems whose cache folders differ. */
  public enum Platform {
    /** Linux and other Unixes. */
    UNIX,
    /** macOS. */
    MAC,
    /** Windows. */
    WINDOWS
  }

  /** Waits. */
  @FunctionalInterface
  public interface Sleeper {
    /** Returns after that many milliseconds. */
    void sleep(long millis) throws InterruptedException;
  }

  public Environment {
    variables = Map.copyOf(variables);
  }

  /** The machine as it is. */
  public static Environment system() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    Platform platform =
        os.contains("win") && !os.contains("darwin")
            ? Platform.WINDOWS
            : os.contains("mac") ? Platform.MAC : Platform.UNIX;
    return new Environment(
        System.getenv(), Path.of(System.getProperty("user.home")), platform, Thread::sleep);
  }

  /** Leaves the variables out: some are secret. */
  @Override
  public String toString() {
    return "Environment[%s, home %s]".formatted(platform, home);
  }

  /** A variable's value; empty when unset or blank. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /** Whether a variable says yes: {@code 1}, {@code true}, {@code yes} or {@code on}. */
  boolean isOn(String name) {
    return variable(name)
        .map(value -> value.toLowerCase(Locale.ROOT))
        .filter(value -> value.matches("1|true|yes|on"))
        .isPresent();
  }

  /** The program of that name, looked for in the folders of {@code PATH}. */
  public Optional<Path> program(String name) {
    return new Programs(this).find(name);
  }

  /** The variable that forbids network access, if one does. */
  public Optional<String> offlineBy() {
    for (String name : new String[] {"VITRAIL_OFFLINE", "HF_HUB_OFFLINE"}) {
      if (isOn(name)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /**
   * Vitrail's own folder: {@code VITRAIL_HOME}, else {@code vitrail} in the platform's cache folder
   * ({@code XDG_CACHE_HOME} or {@code ~/.cache}; {@code ~/Library/Caches}; {@code %LOCALAPPDATA%}).
   */
  public Path vitrailHome() {
    Optional<String> own = variable("VITRAIL_HOME");
    if (own.isPresent()) {
      return path(own.get());
    }
    Optional<String> xdg = variable("XDG_CACHE_HOME");
    if (xdg.isPresent()) {
      return path(xdg.get()).resolve("vitrail");
    }
    return switch (platform) {
      case UNIX -> home.resolve(".cache").resolve("vitrail");
      case MAC -> home.resolve("Library").resolve("Caches").resolve("vitrail");
      case WINDOWS ->
          variable("LOCALAPPDATA")
              .map(this::path)
              .orElse(home.resolve("AppData").resolve("Local"))
              .resolve("vitrail")
              .resolve("cache");
    };
  }

  /**
   * The cache that Hugging Face libraries share: {@code HF_HUB_CACHE}, else {@code HF_HOME/hub},
   * else {@code huggingface/hub} in {@code XDG_CACHE_HOME} or {@code ~/.cache}, on every platform.
   */
  public Path hubCache() {
    Optional<String> cache = variable("HF_HUB_CACHE");
    if (cache.isPresent()) {
      return path(cache.get());
    }
    Optional<String> hfHome = variable("HF_HOME");
    if (hfHome.isPresent()) {
      return path(hfHome.get()).resolve("hub");
    }
    return variable("XDG_CACHE_HOME")
        .map(this::path)
        .orElse(home.resolve(".cache"))
        .resolve("huggingface")
        .resolve("hub");
  }

  private Path path(String text) {
    return text.equals("~") || text.startsWith("~/")
        ? home.resolve(text.length() < 2 ? "" : text.substring(2))
        : Path.of(text);
  }
}
