import io.vitrail.imaging.ContactSheet;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Photos beside their cutouts, for docs/pictures:
 *
 * <pre>{@code
 * ./vitrail cutout PHOTOS -o CUTOUTS
 * java -cp 'cli/target/lib/*' tools/pictures/ContactSheetMaker.java PHOTOS CUTOUTS COLUMNS CELL OUT.jpg [NAME...]
 * }</pre>
 */
public final class ContactSheetMaker {
  public static void main(String[] args) throws IOException {
    Path photos = Path.of(args[0]);
    Path cutouts = Path.of(args[1]);
    int cell = Integer.parseInt(args[3]);
    List<String> names = List.of(args).subList(5, args.length);
    ContactSheet sheet = new ContactSheet(Integer.parseInt(args[2]), cell, cell * 3 / 4);
    try (var files = Files.list(photos)) {
      for (Path photo : files.filter(f -> f.toString().matches(".*\\.(jpg|png)")).sorted().toList()) {
        String name = photo.getFileName().toString().replaceAll("\\.[a-z]+$", "");
        if (names.isEmpty() || names.contains(name)) {
          Image cutout = Images.read(cutouts.resolve(name + ".png"));
          sheet.add(Images.read(photo), name).add(cutout, "");
        }
      }
    }
    Images.write(sheet.image(), Path.of(args[4]));
  }
}
