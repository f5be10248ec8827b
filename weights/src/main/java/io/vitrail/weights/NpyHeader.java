package io.vitrail.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a .npy file, a Python literal such as {@code {'descr': '<f4', 'fortran_order':
 * False, 'shape': (3, 4), }}.
 */
record NpyHeader(ElementType type, boolean bigEndian, boolean fortran, long[] shape) {
  private static final Pattern DESCR =
      Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)['\"]");
  private static final Pattern ORDER =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L,\\s]*)\\)");

  static NpyHeader parse(MappedFile file, String name, String text)
      throws MalformedWeightsException {
    Matcher descr = DESCR.matcher(text);
    Matcher order = ORDER.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!descr.find() || !order.find() || !shape.find()) {
      throw file.malformed(
          "descr, fortran_order and shape in the NumPy header of " + Text.quote(name),
          Text.quote(text),
          "save it as an array of plain numbers (not records or objects)");
    }
    String code = descr.group(1);
    return new NpyHeader(
        type(file, name, code),
        code.startsWith(">") && code.charAt(2) > '1',
        order.group(1).equals("True"),
        sizes(file, name, shape.group(1)));
  }

  private static long[] sizes(MappedFile file, String name, String text)
      throws MalformedWeightsException {
    List<Long> sizes = new ArrayList<>();
    for (String size : text.split(",")) {
      if (!size.isBlank()) {
        try {
          sizes.add(Long.parseLong(size.strip().replace("L", ""))); // Python 2 wrote 3L
        } catch (NumberFormatException e) {
          throw file.malformed(
              "sizes of " + Text.quote(name) + " as numbers",
              Text.quote(size),
              MappedFile.FETCH_AGAIN);
        }
      }
    }
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  private static ElementType type(MappedFile file, String name, String code)
      throws MalformedWeightsException {
    String kind = code.isEmpty() || Character.isLetter(code.charAt(0)) ? code : code.substring(1);
    return switch (kind) {
      case "f8" -> ElementType.F64;
      case "f4" -> ElementType.F32;
      case "f2" -> ElementType.F16;
      case "i8" -> ElementType.I64;
      case "i4" -> ElementType.I32;
      case "i2" -> ElementType.I16;
      case "i1" -> ElementType.I8;
      case "u1" -> ElementType.U8;
      case "b1" -> ElementType.BOOL;
      default ->
          throw file.malformed(
              "f2 to f8, i1 to i8, u1 or b1 as NumPy type of " + Text.quote(name),
              Text.quote(code),
              "convert it in Python, for example array.astype('float32')");
    };
  }

  static String descr(StoredTensor tensor) {
    return switch (tensor.type()) {
      case F64 -> "<f8";
      case F32 -> "<f4";
      case F16 -> "<f2";
      case I64 -> "<i8";
      case I32 -> "<i4";
      case I16 -> "<i2";
      case I8 -> "|i1";
      case U8 -> "|u1";
      case BOOL -> "|b1";
      case BF16 ->
          throw new IllegalArgumentException(
              "NumPy has no BF16, but "
                  + tensor
                  + "; convert it with StoredTensor.of(name, tensor.toFloats(), shape)");
    };
  }
}
