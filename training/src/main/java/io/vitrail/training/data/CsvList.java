package io.vitrail.training.data;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A text file of images with their classes, {@code path,label} a line; paths are relative to the
 * list's folder. A first line {@code path,label} names the columns and may have others beside them
 * ({@code file}, {@code filename} and {@code image} mean path, {@code class} means label); without
 * it, a line has these two. Fields with commas stand in double quotes, as spreadsheets write them.
 *
 * <p>Labels are class names. Classes are sorted by name, or by value if all are whole numbers.
 */
public final class CsvList implements Dataset {
  private static final Set<String> PATH = Set.of("path", "file", "filename", "image");
  private static final Set<String> LABEL = Set.of("label", "class");

  private final List<String> classes;
  private final List<Path> files;
  private final int[] labels;

  private CsvList(List<String> classes, List<Path> files, int[] labels) {
    this.classes = classes;
    this.files = files;
    this.labels = labels;
  }

  /**
   * Opens a list; its labels are the classes.
   *
   * @throws DatasetException naming the line, if one is wrong or names a file that is missing; if
   *     there are fewer than two classes
   */
  public static CsvList open(Path list) throws IOException {
    List<Row> rows = rows(list);
    List<String> classes = rows.stream().map(Row::label).distinct().sorted(byName(rows)).toList();
    if (classes.size() == 1) {
      throw new DatasetException(
          "'" + list + "' has one class, '" + classes.get(0) + "'; expected two or more");
    }
    return of(list, rows, classes);
  }

  /**
   * Opens a list whose classes are known, such as those a model was trained on.
   *
   * @throws DatasetException naming the line, if one is wrong, names a file that is missing, or has
   *     an unknown class
   */
  public static CsvList open(Path list, List<String> classes) throws IOException {
    return of(list, rows(list), classes);
  }

  /** Opens {@code train.csv} and {@code val.csv} of a folder; those of train are the classes. */
  public static Splits splits(Path folder) throws IOException {
    CsvList train = open(folder.resolve("train.csv"));
    return new Splits(train, open(folder.resolve("val.csv"), train.classes));
  }

  private record Row(int line, String path, String label) {}

  private static CsvList of(Path list, List<Row> rows, List<String> classes)
      throws DatasetException {
    Path folder = list.toAbsolutePath().getParent();
    Map<String, Integer> labelOf = new HashMap<>();
    classes.forEach(name -> labelOf.put(name, labelOf.size()));
    List<Path> files = new ArrayList<>();
    int[] labels = new int[rows.size()];
    for (Row row : rows) {
      Integer label = labelOf.get(row.label);
      if (label == null) {
        throw wrong(
            list,
            row.line,
            "class '" + row.label + "' is not among the " + classes.size() + " known ones");
      }
      Path file = folder.resolve(row.path);
      if (!Files.isRegularFile(file)) {
        throw wrong(
            list, row.line, "no file '" + file + "'; paths are relative to the list's folder");
      }
      labels[files.size()] = label;
      files.add(file);
    }
    return new CsvList(List.copyOf(classes), List.copyOf(files), labels);
  }

  private static Comparator<String> byName(List<Row> rows) {
    return rows.stream().allMatch(row -> row.label.matches("-?\\d{1,18}"))
        ? Comparator.comparingLong(Long::parseLong)
        : Comparator.naturalOrder();
  }

  private static List<Row> rows(Path list) throws IOException {
    List<Row> rows = new ArrayList<>();
    int pathColumn = 0;
    int labelColumn = 1;
    int columns = 2;
    boolean first = true;
    int number = 0;
    for (String line : lines(list)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      List<String> fields = fields(list, number, line);
      if (first) {
        first = false;
        int path = column(fields, PATH);
        int label = column(fields, LABEL);
        if (path >= 0 && label >= 0) {
          pathColumn = path;
          labelColumn = label;
          columns = fields.size();
          continue;
        }
      }
      if (fields.size() != columns) {
        throw wrong(
            list,
            number,
            "expected " + columns + " columns (path,label), got " + fields.size() + ": " + line);
      }
      String path = fields.get(pathColumn);
      String label = fields.get(labelColumn);
      if (path.isEmpty() || label.isEmpty()) {
        throw wrong(list, number, "the " + (path.isEmpty() ? "path" : "label") + " is empty");
      }
      rows.add(new Row(number, path, label));
    }
    if (rows.isEmpty()) {
      throw new DatasetException("'" + list + "' names no images; expected lines of path,label");
    }
    return rows;
  }

  private static List<String> lines(Path list) throws IOException {
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(list));
      if (!lines.isEmpty() && lines.get(0).startsWith("\uFEFF")) {
        lines.set(0, lines.get(0).substring(1)); // spreadsheets mark UTF-8 so
      }
      return lines;
    } catch (NoSuchFileException e) {
      throw new DatasetException("no file '" + list + "'; expected a list of path,label", e);
    } catch (CharacterCodingException e) {
      throw new DatasetException("'" + list + "' is no text in UTF-8", e);
    }
  }

  private static int column(List<String> fields, Set<String> names) {
    for (int i = 0; i < fields.size(); i++) {
      if (names.contains(fields.get(i).toLowerCase(Locale.ROOT))) {
        return i;
      }
    }
    return -1;
  }

  /** The fields of a line; within quotes a comma is text, and two quotes are one. */
  private static List<String> fields(Path list, int number, String line) throws DatasetException {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString().strip());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    if (quoted) {
      throw wrong(list, number, "a double quote is not closed: " + line);
    }
    fields.add(field.toString().strip());
    return fields;
  }

  private static DatasetException wrong(Path list, int line, String what) {
    return new DatasetException("'" + list + "', line " + line + ": " + what);
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public Image image(int index) throws IOException {
    return Images.read(files.get(index)).dropAlpha();
  }

  @Override
  public String name(int index) {
    return files.get(index).toString();
  }
}
