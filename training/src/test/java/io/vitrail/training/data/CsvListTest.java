package io.vitrail.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvListTest {
  @TempDir Path folder;

  @BeforeEach
  void make_images() throws IOException {
    Files.createDirectories(folder.resolve("img"));
    Images.write(Image.grey(1, 1, 1), folder.resolve("img/one.png"));
    Images.write(Image.grey(1, 1, 2), folder.resolve("img/two, too.png"));
  }

  private Path list(String... lines) throws IOException {
    return Files.writeString(folder.resolve("list.csv"), String.join("\n", lines));
  }

  private static void fails(Path list, String message) {
    assertThatThrownBy(() -> CsvList.open(list))
        .isInstanceOf(DatasetException.class)
        .hasMessage(message.replace("LIST", "'" + list + "'"));
  }

  @Test
  void a_list_without_a_header_is_path_and_label() throws IOException {
    CsvList data = CsvList.open(list("img/one.png,zebra", "", "\"img/two, too.png\", ape"));
    assertThat(data.classes()).containsExactly("ape", "zebra");
    assertThat(List.of(data.label(0), data.label(1))).containsExactly(1, 0);
    assertThat(data.image(1).get(0, 0, 0)).isEqualTo(2);
    assertThat(data.name(0)).isEqualTo(folder.resolve("img/one.png").toString());
  }

  @Test
  void a_header_names_the_columns() throws IOException {
    CsvList data =
        CsvList.open(list("\uFEFFclass,width,File", "b,1,img/one.png", "a,1,\"img/two, too.png\""));
    assertThat(data.classes()).containsExactly("a", "b");
    assertThat(data.label(0)).isEqualTo(1);
  }

  @Test
  void whole_numbers_are_sorted_by_value() throws IOException {
    Path list = list("img/one.png,10", "img/one.png,9", "img/one.png,100");
    assertThat(CsvList.open(list).classes()).containsExactly("9", "10", "100");
  }

  @Test
  void known_classes_are_kept_and_unknown_ones_are_named() throws IOException {
    Path list = list("img/one.png,b", "img/one.png,b");
    assertThat(CsvList.open(list, List.of("c", "b", "a")).label(0)).isEqualTo(1);
    assertThatThrownBy(() -> CsvList.open(list, List.of("a")))
        .hasMessage("'" + list + "', line 1: class 'b' is not among the 1 known ones");
  }

  @Test
  void wrong_lines_are_named_by_number() throws IOException {
    fails(
        list("img/one.png,a", "img/none.png,b"),
        "LIST, line 2: no file '"
            + folder.resolve("img/none.png")
            + "'; paths are relative to the list's folder");
    fails(
        list("path,label", "img/one.png,a", "img/two, too.png,b"),
        "LIST, line 3: expected 2 columns (path,label), got 3: img/two, too.png,b");
    fails(list("img/one.png,a", "img/one.png, "), "LIST, line 2: the label is empty");
    fails(list(",a"), "LIST, line 1: the path is empty");
    fails(list("img/one.png,\"a"), "LIST, line 1: a double quote is not closed: img/one.png,\"a");
    fails(list("img/one.png,a"), "LIST has one class, 'a'; expected two or more");
    fails(list("path,label"), "LIST names no images; expected lines of path,label");
    fails(folder.resolve("no.csv"), "no file LIST; expected a list of path,label");
    Path binary = Files.write(folder.resolve("binary.csv"), new byte[] {(byte) 0xff, (byte) 0xfe});
    fails(binary, "LIST is no text in UTF-8");
  }

  @Test
  void a_folder_may_have_a_list_for_train_and_one_for_val() throws IOException {
    Files.writeString(folder.resolve("train.csv"), "img/one.png,a\nimg/one.png,b\n");
    Files.writeString(folder.resolve("val.csv"), "img/one.png,b\n");
    Splits splits = DataSets.open(folder.toString(), 0.1, 0);
    assertThat(splits.train().size()).isEqualTo(2);
    assertThat(splits.val().label(0)).isEqualTo(1);
  }
}
