package io.vitrail.training.recipe;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Recipes by name and in files.
 *
 * <p>A file, JSON or YAML, says only what differs: from {@link Recipe#DEFAULT}, or from the recipe
 * that its first name, {@code base}, gives.
 *
 * <pre>{@code
 * base: transfer
 * epochs: 20
 * optimizer: {lr: 1.0e-4}
 * }</pre>
 */
public final class Recipes {
  private static final String BASE = "base";
  private static final String INDEX = "index.json";

  private Recipes() {}

  /** What {@link #named} knows. */
  public static List<String> names() {
    return List.copyOf(index().keySet());
  }

  /**
   * A recipe of this library, such as {@code deit3-small-400}.
   *
   * @throws RecipeException if there is none of this name; the message has near ones
   */
  public static Recipe named(String name) {
    return RecipeTree.bind(namedTree(name), "recipe '" + name + "'");
  }

  private static ObjectNode namedTree(String name) {
    String file = index().get(name);
    if (file == null) {
      throw new RecipeException(
          "unknown recipe '%s'; near: %s (vitrail train recipes lists all)"
              .formatted(name, String.join(", ", RecipeTree.near(name, names()))));
    }
    return complete(parse(RecipeTree.YAML, resource(file), file), "recipe '" + name + "'");
  }

  /**
   * The recipe of a file: YAML, or JSON if its name ends so.
   *
   * @throws RecipeException if something in it is unknown or makes no sense; the message says where
   */
  public static Recipe read(Path file) throws IOException {
    String source = "recipe '" + file + "'";
    JsonNode tree = parse(mapper(file), Files.readString(file), source);
    return RecipeTree.bind(complete(tree, source), source);
  }

  /** Writes all of a recipe: YAML, or JSON if the name ends so. */
  public static void write(Recipe recipe, Path file) throws IOException {
    Files.writeString(file, text(recipe, mapper(file)));
  }

  /** All of a recipe, as JSON. */
  public static String json(Recipe recipe) {
    return text(recipe, RecipeTree.JSON);
  }

  /** All of a recipe, as YAML. */
  public static String yaml(Recipe recipe) {
    return text(recipe, RecipeTree.YAML);
  }

  /** The recipe of {@link #json}. */
  public static Recipe fromJson(String json) {
    JsonNode tree = parse(RecipeTree.JSON, json, "recipe");
    return RecipeTree.bind(complete(tree, "recipe"), "recipe");
  }

  /** Where two recipes differ: {@code epochs: 10 -> 20}, one for each value. */
  public static List<String> differences(Recipe before, Recipe after) {
    Map<String, JsonNode> old = RecipeTree.leaves(RecipeTree.of(before));
    return RecipeTree.leaves(RecipeTree.of(after)).entrySet().stream()
        .filter(leaf -> !leaf.getValue().equals(old.get(leaf.getKey())))
        .map(leaf -> leaf.getKey() + ": " + old.get(leaf.getKey()) + " -> " + leaf.getValue())
        .toList();
  }

  static Recipe changed(Recipe recipe, List<String> assignments) {
    ObjectNode tree = RecipeTree.of(recipe);
    assignments.forEach(assignment -> RecipeTree.set(tree, assignment));
    return RecipeTree.bind(tree, "recipe '" + recipe.name() + "'");
  }

  /** The tree with what it does not say: from its base, or from the default. */
  private static ObjectNode complete(JsonNode tree, String source) {
    ObjectNode all = RecipeTree.of(Recipe.DEFAULT);
    if (tree instanceof ObjectNode changes && changes.has(BASE)) {
      JsonNode base = changes.remove(BASE);
      all = namedTree(base.asText());
    }
    RecipeTree.merge(all, tree, source);
    return all;
  }

  private static JsonNode parse(ObjectMapper mapper, String text, String source) {
    try {
      JsonNode tree = mapper.readTree(text);
      if (tree.isMissingNode() || tree.isNull()) {
        throw new RecipeException(source + ": it is empty");
      }
      return tree;
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where = at == null ? "" : ", line " + at.getLineNr();
      String problem = e.getOriginalMessage().lines().findFirst().orElse("cannot be read");
      throw new RecipeException(source + where + ": " + problem, e);
    }
  }

  private static ObjectMapper mapper(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".json") ? RecipeTree.JSON : RecipeTree.YAML;
  }

  private static String text(Recipe recipe, ObjectMapper mapper) {
    try {
      return mapper.writeValueAsString(recipe).stripTrailing() + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // records of numbers and texts can be written
    }
  }

  /** File by name; aliases are second names of one file. */
  private static Map<String, String> index() {
    Map<String, String> index = new TreeMap<>();
    parse(RecipeTree.JSON, resource(INDEX), INDEX)
        .properties()
        .forEach(entry -> index.put(entry.getKey(), entry.getValue().asText()));
    return index;
  }

  private static String resource(String file) {
    try (InputStream in = Recipes.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + file + " is missing from this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
