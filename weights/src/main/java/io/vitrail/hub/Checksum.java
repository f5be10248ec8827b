package io.vitrail.hub;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/**
 * The hash a file must have, written {@code sha256:60920e...} or {@code md5:fc16eb...}.
 *
 * @param algorithm how it is computed
 * @param hex the value, lower-case hexadecimal
 */
public record Checksum(Algorithm algorithm, String hex) {
  /** The hashes that publishers of weights state. */
  public enum Algorithm {
    /** SHA-256. */
    SHA256("SHA-256", 64),
    /** MD5: finds a broken download, does not withstand a forger. */
    MD5("MD5", 32);

    private final String javaName;
    private final int digits;

    Algorithm(String javaName, int digits) {
      this.javaName = javaName;
      this.digits = digits;
    }

    MessageDigest newDigest() {
      try {
        return MessageDigest.getInstance(javaName);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this Java runtime has no " + javaName, e);
      }
    }
  }

  public Checksum {
    hex = hex.toLowerCase(Locale.ROOT);
    if (!hex.matches("[0-9a-f]{" + algorithm.digits + "}")) {
      throw new IllegalArgumentException(
          "a %s checksum has %d hexadecimal digits, got '%s'"
              .formatted(label(algorithm), algorithm.digits, hex));
    }
  }

  /** A SHA-256 of 64 hexadecimal digits. */
  public static Checksum sha256(String hex) {
    return new Checksum(Algorithm.SHA256, hex);
  }

  /** Reads {@code sha256:HEX} or {@code md5:HEX}. */
  public static Checksum parse(String text) {
    int colon = text.indexOf(':');
    String label = colon < 0 ? "" : text.substring(0, colon);
    for (Algorithm algorithm : Algorithm.values()) {
      if (label(algorithm).equals(label)) {
        return new Checksum(algorithm, text.substring(colon + 1));
      }
    }
    throw new IllegalArgumentException(
        "a checksum reads 'sha256:HEX' or 'md5:HEX', got '%s'".formatted(text));
  }

  private static String label(Algorithm algorithm) {
    return algorithm.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return label(algorithm) + ":" + hex;
  }
}
