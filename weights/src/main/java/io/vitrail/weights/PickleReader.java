package io.vitrail.weights;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Python pickle (protocols 0 to 5) into plain Java values without executing anything.
 *
 * <p>A pickle is a program for a stack machine, and its call instruction is how a hostile file runs
 * code in Python. Here a call of one of the few functions that {@link TorchCalls} knows makes a
 * value; every other one becomes an {@link Opaque}, which is only a name and arguments.
 *
 * <p>Values: Map (dict), List (list, tuple), Set, String, byte[], Long or BigInteger, Double,
 * Boolean, null (None), {@link StoredTensor}, {@link ElementType} (a dtype), {@link Opaque}.
 *
 * @see <a href="https://docs.python.org/3/library/pickletools.html">the instructions</a>
 */
final class PickleReader {
  private static final int LONGEST_DECIMAL = 4300; // Python's own limit; parsing is quadratic
  private static final int LARGEST_KEY = 64;

  private final MappedFile file;
  private final ByteBuffer in;
  private final TorchCalls calls;
  private final int start;
  private final ArrayList<@Nullable Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private @Nullable Object[] memo = {};
  private int memoSize;

  private PickleReader(MappedFile file, ByteBuffer in, TorchCalls calls) {
    this.file = file;
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    this.calls = calls;
    this.start = in.position();
  }

  /** Reads one pickle and leaves the buffer behind it. */
  static @Nullable Object read(MappedFile file, ByteBuffer in, TorchCalls calls)
      throws MalformedWeightsException {
    PickleReader reader = new PickleReader(file, in, calls);
    try {
      return reader.run();
    } catch (BufferUnderflowException e) {
      throw reader.malformed("the rest of the pickle", "the end of it");
    }
  }

  private @Nullable Object run() throws MalformedWeightsException {
    while (true) {
      int opcode = in.get() & 0xff;
      if (opcode == '.') {
        return pop();
      }
      step(opcode);
    }
  }

  private void step(int opcode) throws MalformedWeightsException {
    switch (opcode) {
      case 0x80 -> protocol(in.get());
      case 0x95 -> count(in.getLong(), "a frame"); // only a hint for reading ahead
      case '(' -> marks.add(stack.size());
      case '0' -> popOrMark();
      case '1' -> sinceMark();
      case '2' -> push(peek());

      case 'N' -> push(null);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'K' -> push((long) (in.get() & 0xff));
      case 'M' -> push((long) (in.getShort() & 0xffff));
      case 'J' -> push((long) in.getInt());
      case 'I' -> push(decimal(line(), true));
      case 'L' -> push(decimal(line(), false));
      case 0x8a -> push(integer(bytes(in.get() & 0xff)));
      case 0x8b -> push(integer(bytes(in.getInt())));
      case 'F' -> push(floating(line()));
      case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));

      case 'S' -> push(unquoted(line()));
      case 'V' -> push(unescaped(line()));
      case 'U', 0x8c -> push(text(in.get() & 0xff));
      case 'T' -> push(text(in.getInt()));
      case 'X' -> push(text(in.getInt() & 0xffffffffL));
      case 0x8d -> push(text(in.getLong()));
      case 'C' -> push(bytes(in.get() & 0xff));
      case 'B' -> push(bytes(in.getInt() & 0xffffffffL));
      case 0x8e, 0x96 -> push(bytes(in.getLong()));

      case ')' -> push(List.of());
      case 't' -> push(tuple(sinceMark()));
      case 0x85 -> push(tuple(top(1)));
      case 0x86 -> push(tuple(top(2)));
      case 0x87 -> push(tuple(top(3)));
      case ']' -> push(new ArrayList<@Nullable Object>(0));
      case 'l' -> push(sinceMark());
      case 'a' -> append(top(1));
      case 'e' -> append(sinceMark());
      case '}' -> push(newMap());
      case 'd' -> push(putAll(newMap(), sinceMark()));
      case 's' -> setItems(top(2));
      case 'u' -> setItems(sinceMark());
      case 0x8f -> push(new LinkedHashSet<@Nullable Object>(4));
      case 0x90 -> append(sinceMark());
      case 0x91 -> push(newSet(sinceMark()));

      case 'c' -> push(calls.global(line(), line()));
      case 0x93 -> {
        List<@Nullable Object> names = top(2);
        push(calls.global(string(names.get(0)), string(names.get(1))));
      }
      case 'R', 0x81 -> {
        List<@Nullable Object> call = top(2);
        push(call(call.get(0), list(call.get(1))));
      }
      case 0x92 -> {
        List<@Nullable Object> call = top(3);
        push(call(call.get(0), list(call.get(1))));
      }
      case 'i' -> {
        Object type = calls.global(line(), line());
        push(call(type, sinceMark()));
      }
      case 'o' -> {
        List<@Nullable Object> call = sinceMark();
        if (call.isEmpty()) {
          throw malformed("a class to make an object of", "nothing");
        }
        push(call(call.get(0), call.subList(1, call.size())));
      }
      case 'b' -> build();
      case 'P' -> push(calls.persistent(List.of(line())));
      case 'Q' -> push(calls.persistent(list(pop())));

      case 'g' -> push(recall(index(line())));
      case 'h' -> push(recall(in.get() & 0xff));
      case 'j' -> push(recall(in.getInt()));
      case 'p' -> memoize(index(line()));
      case 'q' -> memoize(in.get() & 0xff);
      case 'r' -> memoize(in.getInt());
      case 0x94 -> memoize(memoSize);
      default ->
          throw malformed(
              "a pickle instruction of protocol 0 to 5",
              "0x"
                  + Integer.toHexString(opcode)
                  + " (extension registry and outside buffers"
                  + " are not read)");
    }
  }

  // The stack.

  private void push(@Nullable Object value) {
    stack.add(value);
  }

  private @Nullable Object peek() throws MalformedWeightsException {
    checkDepth(1);
    return stack.get(stack.size() - 1);
  }

  private @Nullable Object pop() throws MalformedWeightsException {
    checkDepth(1);
    return stack.remove(stack.size() - 1);
  }

  private void popOrMark() throws MalformedWeightsException {
    if (!marks.isEmpty() && marks.get(marks.size() - 1) == stack.size()) {
      marks.remove(marks.size() - 1);
    } else {
      pop();
    }
  }

  /** Takes the top values off, the deepest first. */
  private List<@Nullable Object> top(int count) throws MalformedWeightsException {
    checkDepth(count);
    return cut(stack.size() - count);
  }

  private List<@Nullable Object> sinceMark() throws MalformedWeightsException {
    if (marks.isEmpty()) {
      throw malformed("a mark on the stack", "none");
    }
    return cut(marks.remove(marks.size() - 1));
  }

  private List<@Nullable Object> cut(int from) {
    List<@Nullable Object> tail = stack.subList(from, stack.size());
    List<@Nullable Object> taken = new ArrayList<>(tail);
    tail.clear();
    return taken;
  }

  private void checkDepth(int count) throws MalformedWeightsException {
    int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    if (stack.size() - floor < count) {
      throw malformed(count + " values on the stack", Integer.toString(stack.size() - floor));
    }
  }

  // The memo. A writer numbers it by the values so far, so an index is below the bytes so far.

  private void memoize(long index) throws MalformedWeightsException {
    if (index < 0 || index > in.position() - start) {
      throw malformed("a memo index below the bytes so far", Long.toString(index));
    }
    if (index >= memo.length) {
      memo = Arrays.copyOf(memo, Math.max((int) index + 1, memo.length * 3 / 2));
    }
    memo[(int) index] = peek();
    memoSize = Math.max(memoSize, (int) index + 1);
  }

  private @Nullable Object recall(long index) throws MalformedWeightsException {
    if (index < 0 || index >= memoSize) {
      throw malformed("a memo index below " + memoSize, Long.toString(index));
    }
    return memo[(int) index];
  }

  // Containers and calls.

  private void append(List<@Nullable Object> values) throws MalformedWeightsException {
    Object target = peek();
    if (target instanceof Opaque opaque) {
      opaque.mutableItems().addAll(values);
    } else if (target instanceof Set) {
      for (Object value : values) {
        checkKey(value);
      }
      collection(target).addAll(values);
    } else if (target instanceof ArrayList) {
      collection(target).addAll(values);
    } else {
      throw malformed("a list or set to add to", describe(target));
    }
  }

  private void setItems(List<@Nullable Object> keysAndValues) throws MalformedWeightsException {
    Object target = peek();
    if (target instanceof Opaque opaque) {
      putAll(opaque.mutableEntries(), keysAndValues);
    } else if (target instanceof Map) {
      putAll(map(target), keysAndValues);
    } else {
      throw malformed("a dict to put items into", describe(target));
    }
  }

  private Map<@Nullable Object, @Nullable Object> putAll(
      Map<@Nullable Object, @Nullable Object> map, List<@Nullable Object> keysAndValues)
      throws MalformedWeightsException {
    if (keysAndValues.size() % 2 != 0) {
      throw malformed("a value for each key", "a key without one");
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      checkKey(keysAndValues.get(i));
      map.put(keysAndValues.get(i), keysAndValues.get(i + 1));
    }
    return map;
  }

  private Set<@Nullable Object> newSet(Collection<@Nullable Object> values)
      throws MalformedWeightsException {
    for (Object value : values) {
      checkKey(value);
    }
    return new LinkedHashSet<>(values);
  }

  /** A key must have a hash that ends: lists in lists in themselves, or dicts, do not. */
  private void checkKey(@Nullable Object key) throws MalformedWeightsException {
    boolean good = !(key instanceof Map || key instanceof Set || key instanceof ArrayList);
    if (key instanceof List<?> tuple && good) {
      good = tuple.size() <= LARGEST_KEY;
      for (Object part : good ? tuple : List.of()) {
        good &= !(part instanceof Collection || part instanceof Map);
      }
    }
    if (!good) {
      throw malformed("a text, a number or a flat tuple as key", describe(key));
    }
  }

  private Object call(@Nullable Object function, List<@Nullable Object> args)
      throws MalformedWeightsException {
    if (function instanceof Opaque opaque) {
      return calls.call(opaque, args, this::newSet);
    }
    throw malformed("a function or class to call", describe(function));
  }

  private void build() throws MalformedWeightsException {
    Object state = pop();
    Object target = peek();
    if (target instanceof Opaque opaque) {
      opaque.setState(state);
    } else if (!(target instanceof Map || target instanceof StoredTensor)) {
      throw malformed("an object to give attributes to", describe(target));
    }
    // Attributes of an OrderedDict (its _metadata) or a tensor are of no use here.
  }

  // Numbers and texts.

  private void protocol(int version) throws MalformedWeightsException {
    if (version < 0 || version > 5) {
      throw malformed("pickle protocol 0 to 5", Integer.toString(version));
    }
  }

  private int count(long length, String what) throws MalformedWeightsException {
    if (length < 0 || length > in.remaining()) {
      throw malformed(
          what + " of at most " + Text.number(in.remaining()) + " bytes",
          Long.toUnsignedString(length));
    }
    return (int) length;
  }

  private byte[] bytes(long length) throws MalformedWeightsException {
    byte[] bytes = new byte[count(length, "a value")];
    in.get(bytes);
    return bytes;
  }

  private String text(long length) throws MalformedWeightsException {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  private String line() throws MalformedWeightsException {
    int from = in.position();
    while (in.get() != '\n') {}
    byte[] bytes = new byte[in.position() - 1 - from];
    in.get(from, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private Object decimal(String line, boolean orBoolean) throws MalformedWeightsException {
    if (orBoolean && (line.equals("00") || line.equals("01"))) {
      return line.equals("01");
    }
    String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    try {
      if (digits.length() <= LONGEST_DECIMAL) {
        return narrowest(new BigInteger(digits));
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw malformed("a whole number", Text.quote(line));
  }

  private static Object integer(byte[] littleEndian) {
    if (littleEndian.length == 0) {
      return 0L;
    }
    for (int i = 0, j = littleEndian.length - 1; i < j; i++, j--) {
      byte swapped = littleEndian[i];
      littleEndian[i] = littleEndian[j];
      littleEndian[j] = swapped;
    }
    return narrowest(new BigInteger(littleEndian));
  }

  private static Object narrowest(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private double floating(String line) throws MalformedWeightsException {
    try {
      return switch (line) {
        case "nan" -> Double.NaN;
        case "inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(line);
      };
    } catch (NumberFormatException e) {
      throw malformed("a float", Text.quote(line));
    }
  }

  private int index(String line) throws MalformedWeightsException {
    try {
      return Integer.parseInt(line);
    } catch (NumberFormatException e) {
      throw malformed("a memo index", Text.quote(line));
    }
  }

  /** A protocol 0 text: 'quoted' with Python's escapes, which module and key names do not need. */
  private String unquoted(String line) throws MalformedWeightsException {
    if (line.length() < 2 || line.charAt(0) != line.charAt(line.length() - 1)) {
      throw malformed("a quoted text", Text.quote(line));
    }
    return line.substring(1, line.length() - 1);
  }

  /** A protocol 0 text with \\uXXXX for what is not Latin-1. */
  private static String unescaped(String line) {
    StringBuilder text = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      boolean escape = line.startsWith("\\u", i) && i + 6 <= line.length();
      int code = escape ? hex(line, i + 2) : -1;
      text.append(code < 0 ? line.charAt(i) : (char) code);
      i += code < 0 ? 0 : 5;
    }
    return text.toString();
  }

  private static int hex(String line, int from) {
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = Character.digit(line.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      value = value * 16 + digit;
    }
    return value;
  }

  // Types.

  static List<@Nullable Object> tuple(List<@Nullable Object> values) {
    return Collections.unmodifiableList(values);
  }

  private static Map<@Nullable Object, @Nullable Object> newMap() {
    return new LinkedHashMap<>(4);
  }

  private String string(@Nullable Object value) throws MalformedWeightsException {
    if (value instanceof String text) {
      return text;
    }
    throw malformed("a text", describe(value));
  }

  @SuppressWarnings("unchecked")
  private List<@Nullable Object> list(@Nullable Object value) throws MalformedWeightsException {
    if (value instanceof List) {
      return (List<@Nullable Object>) value;
    }
    throw malformed("a tuple", describe(value));
  }

  @SuppressWarnings("unchecked")
  private static Collection<@Nullable Object> collection(Object value) {
    return (Collection<@Nullable Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static Map<@Nullable Object, @Nullable Object> map(Object value) {
    return (Map<@Nullable Object, @Nullable Object>) value;
  }

  /** The kind of a value, never its content, which may be large or contain itself. */
  static String describe(@Nullable Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof String text) {
      return Text.quote(text);
    }
    if (value instanceof BigInteger) {
      return "a large number";
    }
    if (value instanceof Opaque || value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    return value instanceof Map
        ? "a dict"
        : value instanceof Collection ? "a list, tuple or set" : value.getClass().getSimpleName();
  }

  private MalformedWeightsException malformed(String expected, String got) {
    return file.malformed(
        expected + " at byte " + (in.position() - start) + " of the pickle",
        got,
        MappedFile.FETCH_AGAIN);
  }
}
