package io.vitrail.training.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A table for each part, {@code PART.csv}, with the columns step, epoch and the numbers. When an
 * entry brings a number that no earlier one had, the file is rewritten with a column more.
 */
public final class CsvFiles implements LogSink {
  private static final String HEAD = "step,epoch";

  private final Path folder;
  private final Map<String, Table> tables = new HashMap<>();

  private static final class Table {
    final List<String> columns;
    OutputStream out;

    Table(List<String> columns, OutputStream out) {
      this.columns = columns;
      this.out = out;
    }
  }

  private CsvFiles(Path folder) {
    this.folder = folder;
  }

  /** Opens the tables of a folder to go on after {@code lastStep}; later rows are cut off. */
  public static CsvFiles open(Path folder, long lastStep) throws IOException {
    CsvFiles files = new CsvFiles(folder);
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.csv")) {
      for (Path file : found) {
        List<String> lines = Lines.complete(file);
        if (!lines.isEmpty() && (lines.get(0) + ",").startsWith(HEAD + ",")) {
          String name = file.getFileName().toString();
          files.tables.put(
              name.substring(0, name.length() - ".csv".length()),
              new Table(
                  new ArrayList<>(List.of(lines.get(0).split(",")).subList(2, columns(lines))),
                  Lines.open(file, line -> line.startsWith(HEAD) || step(line, file) <= lastStep)));
        }
      }
    }
    return files;
  }

  private static int columns(List<String> lines) {
    return lines.get(0).split(",").length;
  }

  private static long step(String line, Path file) throws IOException {
    try {
      return Long.parseLong(line.substring(0, line.indexOf(',')));
    } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
      throw new IOException("'" + file + "' has a row without a step: " + line, e);
    }
  }

  @Override
  public void add(Entry entry) throws IOException {
    Path file = folder.resolve(entry.part() + ".csv");
    Table table = tables.get(entry.part());
    if (table == null) {
      table = new Table(new ArrayList<>(), Lines.append(file));
      tables.put(entry.part(), table);
    }
    List<String> fresh = new ArrayList<>(entry.numbers().keySet());
    fresh.removeAll(table.columns);
    if (!fresh.isEmpty() || Files.size(file) == 0) {
      table.columns.addAll(fresh);
      widen(table, file, fresh.size());
    }
    StringBuilder row = new StringBuilder().append(entry.step()).append(',').append(entry.epoch());
    for (String column : table.columns) {
      Double number = entry.numbers().get(column);
      row.append(',').append(number == null ? "" : number);
    }
    table.out.write(row.append('\n').toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Rewrites the file with its columns as they are now, of which {@code more} are new. */
  private static void widen(Table table, Path file, int more) throws IOException {
    List<String> lines = new ArrayList<>(Lines.complete(file));
    lines.replaceAll(line -> line + ",".repeat(more));
    String header = String.join(",", HEAD, String.join(",", table.columns));
    if (lines.isEmpty()) {
      lines.add(header);
    } else {
      lines.set(0, header);
    }
    table.out.close();
    Lines.rewrite(file, lines);
    table.out = Lines.append(file);
  }

  @Override
  public void close() throws IOException {
    for (Table table : tables.values()) {
      table.out.close();
    }
  }
}
