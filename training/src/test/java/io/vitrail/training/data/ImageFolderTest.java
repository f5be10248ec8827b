package io.vitrail.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.ImageReadException;
import io.vitrail.imaging.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  @TempDir Path root;
  private int value;

  @BeforeEach
  void make_two_classes() throws IOException {
    image("train/dog/b.png");
    image("train/dog/a.png");
    image("train/cat/deep/er/c.JPG");
    image("val/dog/x.png");
  }

  private void image(String name) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Images.write(Image.grey(2, 2, value), file);
    value += 10;
  }

  private Path train() {
    return root.resolve("train");
  }

  private static List<String> names(ImageFolder folder) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < folder.size(); i++) {
      names.add(folder.classes().get(folder.label(i)) + "=" + folder.file(i).getFileName());
    }
    return names;
  }

  @Test
  void classes_and_files_are_sorted_by_name_at_any_depth() throws IOException {
    ImageFolder folder = ImageFolder.open(train());
    assertThat(folder.classes()).containsExactly("cat", "dog");
    assertThat(names(folder)).containsExactly("cat=c.JPG", "dog=a.png", "dog=b.png");
    assertThat(folder.image(1).get(0, 0, 0)).isEqualTo(10);
    assertThat(folder.name(2)).isEqualTo(train().resolve("dog/b.png").toString());
  }

  @Test
  void files_that_are_no_images_by_their_names_are_left_out() throws IOException {
    Files.writeString(train().resolve("dog/notes.txt"), "good boys");
    Files.writeString(train().resolve("dog/.hidden.png"), "");
    Files.createDirectories(train().resolve(".git/objects"));
    assertThat(ImageFolder.open(train()).size()).isEqualTo(3);
  }

  @Test
  void links_are_followed_and_circles_are_named() throws IOException {
    Files.createSymbolicLink(train().resolve("fox"), train().resolve("dog"));
    assertThat(ImageFolder.open(train()).classes()).containsExactly("cat", "dog", "fox");
    Path circle = Files.createSymbolicLink(train().resolve("dog/again"), train().resolve("dog"));
    assertThatThrownBy(() -> ImageFolder.open(train()))
        .isInstanceOf(DatasetException.class)
        .hasMessage("'" + circle + "' is a link to a folder around it");
  }

  @Test
  void val_takes_the_classes_of_train() throws IOException {
    Splits splits = ImageFolder.splits(root);
    assertThat(splits.train().size()).isEqualTo(3);
    assertThat(splits.val().size()).isEqualTo(1);
    assertThat(splits.val().label(0)).isEqualTo(1);
    image("val/fox/y.png");
    assertThatThrownBy(() -> ImageFolder.splits(root))
        .hasMessage(
            "'%s' is of a class that is not among the 2 known ones (cat, dog); rename or remove it"
                .formatted(root.resolve("val/fox")));
  }

  @Test
  void a_train_folder_alone_asks_for_val() throws IOException {
    Files.delete(root.resolve("val/dog/x.png"));
    Files.delete(root.resolve("val/dog"));
    assertThatThrownBy(() -> DataSets.open(root.toString(), 0.5, 0))
        .hasMessage(
            "'%s' has no images; expected files such as %s"
                .formatted(root.resolve("val"), root.resolve("val/cat/1.jpg")));
    Files.delete(root.resolve("val"));
    assertThatThrownBy(() -> DataSets.open(root.toString(), 0.5, 0))
        .hasMessage(
            "'%s' has a folder train and none called val; add it, or name '%s' to have it split"
                .formatted(root, train()));
  }

  @Test
  void what_is_missing_is_named() throws IOException {
    assertThatThrownBy(() -> ImageFolder.open(root.resolve("no")))
        .hasMessage(
            "no folder '%s'; expected images in a folder per class".formatted(root.resolve("no")));
    assertThatThrownBy(() -> ImageFolder.open(train().resolve("dog/a.png")))
        .hasMessageContaining("is a file; expected a folder with a folder per class");
    assertThatThrownBy(() -> ImageFolder.open(train().resolve("dog")))
        .hasMessageContaining("has no folders; expected a folder for each class, such as");
    assertThatThrownBy(() -> ImageFolder.open(train().resolve("cat")))
        .hasMessageContaining("has one class, 'deep'; expected a folder for each of two or more");
    Files.createDirectories(train().resolve("empty"));
    assertThatThrownBy(() -> ImageFolder.open(train()))
        .hasMessage(
            "class 'empty' has no images in %s; add some or remove the folder"
                .formatted(train().resolve("empty")));
  }

  @Test
  void a_damaged_file_is_named_when_it_is_read() throws IOException {
    Path bad = Files.writeString(train().resolve("dog/a.png"), "no picture");
    ImageFolder folder = ImageFolder.open(train());
    assertThatThrownBy(() -> folder.image(1))
        .isInstanceOf(ImageReadException.class)
        .hasMessageContaining(bad.toString());
  }

  @Test
  void one_folder_is_split_by_class_with_a_seed() throws IOException {
    for (int i = 0; i < 10; i++) {
      image("train/cat/" + i + ".png");
      image("train/dog/" + i + ".png");
    }
    Splits splits = DataSets.open(train().toString(), 0.25, 3);
    assertThat(splits.train().size() + splits.val().size()).isEqualTo(23);
    assertThat(splits.val().size()).isEqualTo(6); // 3 of 11 and of 12
    Splits again = DataSets.open(train().toString(), 0.25, 3);
    Splits other = DataSets.open(train().toString(), 0.25, 4);
    assertThat(valNames(again)).isEqualTo(valNames(splits)).isNotEqualTo(valNames(other));
  }

  private static List<String> valNames(Splits splits) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < splits.val().size(); i++) {
      names.add(splits.val().name(i));
    }
    return names;
  }

  @Test
  void a_class_of_one_image_cannot_be_split() {
    assertThatThrownBy(() -> DataSets.open(train().toString(), 0.5, 0))
        .hasMessage(
            "cannot split '%s': class 'cat' has a single image; it needs one to train on and one for"
                + " val",
            train());
  }
}
