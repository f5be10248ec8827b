package io.vitrail.training.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vitrail.text.EditDistance;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A recipe as a tree of names and values. The complete tree of a valid recipe says which names
 * there are and of which type each value is; changes are checked against it.
 */
final class RecipeTree {
  static final ObjectMapper JSON = configured(JsonMapper.builder());
  static final ObjectMapper YAML =
      configured(YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER));

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int NEAR = 3;

  private RecipeTree() {}

  private static ObjectMapper configured(
      com.fasterxml.jackson.databind.cfg.MapperBuilder<?, ?> builder) {
    return builder
        .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
        .disable(MapperFeature.AUTO_DETECT_IS_GETTERS) // isActive() and the like are no values
        .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build();
  }

  static ObjectNode of(Recipe recipe) {
    return JSON.valueToTree(recipe);
  }

  /** The recipe of a complete tree; {@code source} stands for it in messages. */
  static Recipe bind(ObjectNode tree, String source) {
    try {
      return JSON.treeToValue(tree, Recipe.class);
    } catch (JsonProcessingException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      String message =
          cause instanceof JsonProcessingException json
              ? json.getOriginalMessage()
              : cause.getMessage();
      throw new RecipeException(source + ": " + message, e);
    }
  }

  /** Puts the values of {@code changes}, which may be a part of a recipe, over {@code tree}. */
  static void merge(ObjectNode tree, JsonNode changes, String source) {
    if (!changes.isObject()) {
      throw new RecipeException(
          source + ": expected names and values, got " + shown(changes) + " alone");
    }
    merge(tree, changes, source, "");
  }

  private static void merge(ObjectNode tree, JsonNode changes, String source, String path) {
    for (Map.Entry<String, JsonNode> change : changes.properties()) {
      String name = path + change.getKey();
      JsonNode current = tree.get(change.getKey());
      if (current == null) {
        throw unknown(source, name, names(tree, path));
      }
      if (current instanceof ObjectNode section) {
        if (!change.getValue().isObject()) {
          throw new RecipeException(
              "%s: '%s' is a section with %s; got %s"
                  .formatted(
                      source, name, String.join(", ", fields(section)), shown(change.getValue())));
        }
        merge(section, change.getValue(), source, name + ".");
      } else {
        tree.set(change.getKey(), typed(current, change.getValue(), source, name));
      }
    }
  }

  /**
   * Applies one {@code key=value}. The key is a path such as {@code optimizer.lr}, or its last name
   * where only one section has it.
   */
  static void set(ObjectNode tree, String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new RecipeException(
          "--set takes key=value such as optimizer.lr=1e-3, got '" + assignment + "'");
    }
    String key = assignment.substring(0, equals).strip();
    String path = resolve(tree, key);
    String[] names = path.split("\\.");
    ObjectNode section = tree;
    for (int i = 0; i < names.length - 1; i++) {
      section = (ObjectNode) section.get(names[i]);
    }
    String last = names[names.length - 1];
    String text = assignment.substring(equals + 1).strip();
    JsonNode current = section.get(last);
    JsonNode value = current.isArray() || current.isNull() ? list(text) : NODES.textNode(text);
    section.set(last, typed(current, value, "--set", path));
  }

  private static String resolve(ObjectNode tree, String key) {
    Map<String, JsonNode> all = leaves(tree);
    if (all.containsKey(key)) {
      return key;
    }
    List<String> endings = all.keySet().stream().filter(p -> p.endsWith("." + key)).toList();
    if (endings.size() == 1) {
      return endings.get(0);
    }
    if (endings.size() > 1) {
      throw new RecipeException(
          "--set: '%s' could be %s; write the whole path"
              .formatted(key, String.join(" or ", endings)));
    }
    throw unknown("--set", key, all.keySet());
  }

  /** Every value of a recipe by its path. */
  static Map<String, JsonNode> leaves(ObjectNode tree) {
    Map<String, JsonNode> all = new TreeMap<>();
    collect(tree, "", all);
    return all;
  }

  private static void collect(ObjectNode tree, String path, Map<String, JsonNode> all) {
    tree.properties()
        .forEach(
            field -> {
              if (field.getValue() instanceof ObjectNode section) {
                collect(section, path + field.getKey() + ".", all);
              } else {
                all.put(path + field.getKey(), field.getValue());
              }
            });
  }

  /** {@code value} as the type that {@code current} has. */
  private static JsonNode typed(JsonNode current, JsonNode value, String source, String name) {
    if (current.isNull()) {
      return value; // nothing here tells its type; binding checks it
    }
    if (current.isArray()) {
      if (value.isArray()) {
        return value;
      }
    } else if (value.isValueNode() && !value.isNull()) {
      try {
        if (current.isIntegralNumber()) {
          return NODES.numberNode(new java.math.BigDecimal(value.asText()).longValueExact());
        }
        if (current.isNumber()) {
          return NODES.numberNode(Double.parseDouble(value.asText()));
        }
        if (!current.isBoolean()) {
          return NODES.textNode(value.asText());
        }
        if (List.of("true", "false").contains(value.asText())) {
          return NODES.booleanNode(Boolean.parseBoolean(value.asText()));
        }
      } catch (NumberFormatException | ArithmeticException e) {
        // told below, with what was expected
      }
    }
    throw new RecipeException(
        "%s: '%s' is %s, such as %s; got %s"
            .formatted(source, name, kind(current), current, shown(value)));
  }

  private static JsonNode list(String text) {
    var array = NODES.arrayNode();
    for (String item : text.split(",")) {
      if (!item.isBlank()) {
        array.add(item.strip());
      }
    }
    return array;
  }

  private static String kind(JsonNode value) {
    if (value.isArray()) {
      return "a list";
    }
    if (value.isIntegralNumber()) {
      return "a whole number";
    }
    return value.isNumber() ? "a number" : value.isBoolean() ? "true or false" : "a text";
  }

  private static String shown(JsonNode value) {
    String text = value instanceof ValueNode ? "'" + value.asText() + "'" : value.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }

  private static RecipeException unknown(String source, String name, Collection<String> known) {
    List<String> near = near(name, known);
    return new RecipeException(
        "%s: there is no '%s'; near: %s".formatted(source, name, String.join(", ", near)));
  }

  /** The names most like {@code wanted}; its last part counts where the paths differ. */
  static List<String> near(String wanted, Collection<String> names) {
    String last = wanted.substring(wanted.lastIndexOf('.') + 1);
    return names.stream()
        .sorted(
            Comparator.<String>comparingInt(
                    name ->
                        Math.min(
                            EditDistance.between(wanted, name),
                            EditDistance.between(last, name.substring(name.lastIndexOf('.') + 1))))
                .thenComparingInt(String::length))
        .limit(NEAR)
        .toList();
  }

  private static List<String> names(ObjectNode tree, String path) {
    return fields(tree).stream().map(name -> path + name).toList();
  }

  private static List<String> fields(ObjectNode tree) {
    List<String> names = new ArrayList<>();
    tree.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
