package io.vitrail.weights;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something in a pickle that is not plain data: a class, a function, or an object of a class we do
 * not know. It is the name and the ingredients only; nothing was looked up, built or called.
 *
 * <p>Two of them are equal only if they are the same object.
 */
public final class Opaque {
  private final String module;
  private final String name;
  private final boolean reference;
  private final List<@Nullable Object> args;
  private final Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
  private final List<@Nullable Object> items = new ArrayList<>();
  private @Nullable Object state;

  private Opaque(String module, String name, boolean reference, List<@Nullable Object> args) {
    this.module = module;
    this.name = name;
    this.reference = reference;
    this.args = args;
  }

  static Opaque reference(String module, String name) {
    return new Opaque(module, name, true, List.of());
  }

  Opaque called(List<@Nullable Object> arguments) {
    return new Opaque(module, name, false, arguments);
  }

  /** The Python module that Python would import, such as "argparse". */
  public String module() {
    return module;
  }

  /** The name in the module, such as "Namespace". */
  public String name() {
    return name;
  }

  /** True if only the class or function itself was named; false for an object or a call. */
  public boolean isReference() {
    return reference;
  }

  /** What Python would call it with. */
  public List<@Nullable Object> args() {
    return Collections.unmodifiableList(args);
  }

  /** What Python would restore the object's fields from: usually a Map of attributes. */
  public Optional<Object> state() {
    return Optional.ofNullable(state);
  }

  /** Keys and values that Python would put into it, if it is a kind of dict. */
  public Map<@Nullable Object, @Nullable Object> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /** Elements that Python would append to it, if it is a kind of list or set. */
  public List<@Nullable Object> items() {
    return Collections.unmodifiableList(items);
  }

  boolean is(String otherModule, String otherName) {
    return module.equals(otherModule) && name.equals(otherName);
  }

  void setState(@Nullable Object newState) {
    state = newState;
  }

  Map<@Nullable Object, @Nullable Object> mutableEntries() {
    return entries;
  }

  List<@Nullable Object> mutableItems() {
    return items;
  }

  /** The name alone: "argparse.Namespace" for a class, "posix.system(...)" for a call. */
  @Override
  public String toString() {
    String full = Text.quote(module + "." + name);
    return full.substring(1, full.length() - 1) + (reference ? "" : "(...)");
  }
}
