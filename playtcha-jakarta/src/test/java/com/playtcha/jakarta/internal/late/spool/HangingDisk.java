package com.playtcha.jakarta.internal.late.spool;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Real files on a disk that can be told to fail, or to hang, as a network volume does whose server is gone. */
public final class HangingDisk extends FileSystem {
    private final FileSystem real;
    private final FileSystemProvider provider = new Provider();
    private volatile CountDownLatch open = new CountDownLatch(0);
    private volatile BooleanSupplier failing = () -> false;
    private volatile @Nullable Clock clock;

    private HangingDisk(FileSystem real) {
        this.real = real;
    }

    /** Returns a directory on such a disk. */
    public static Path of(Path directory) {
        return new HangingDisk(directory.getFileSystem()).wrap(directory);
    }

    /** What opens, lists, renames or deletes a file on the disk of this directory waits until the latch is open. */
    public static void hangUntil(Path directory, CountDownLatch open) {
        ((HangingDisk) directory.getFileSystem()).open = open;
    }

    /** What opens, lists, renames or deletes a file on the disk of this directory fails where this says so. */
    public static void failWhile(Path directory, BooleanSupplier failing) {
        ((HangingDisk) directory.getFileSystem()).failing = failing;
    }

    /** What is written to the disk of this directory has the time of a clock, by which the spool orders files that it lists. */
    public static void stampBy(Path directory, Clock clock) {
        ((HangingDisk) directory.getFileSystem()).clock = clock;
    }

    private void await() throws IOException {
        if (failing.getAsBoolean()) {
            throw new IOException("Input/output error");
        }
        try {
            open.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private interface Wrapped {
        Path real();
    }

    private static Object unwrap(Object object) {
        return object instanceof Wrapped wrapped ? wrapped.real() : object;
    }

    private Object wrapAny(Object object) {
        return object instanceof Path path ? wrap(path) : object;
    }

    private Path wrap(Path path) {
        return (Path) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Path.class, Wrapped.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getFileSystem" -> this;
                    case "real" -> path;
                    case "iterator" ->
                        StreamSupport.stream(path.spliterator(), false)
                                .map(this::wrap)
                                .iterator();
                    default -> {
                        Object[] unwrapped = arguments == null
                                ? null
                                : Stream.of(arguments).map(HangingDisk::unwrap).toArray();
                        try {
                            yield wrapAny(method.invoke(path, unwrapped));
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }
                });
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return real.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return real.getRootDirectories();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return real.getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return real.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return wrap(real.getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return real.getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }

    private final class Provider extends FileSystemProvider {
        private FileSystemProvider files() {
            return real.provider();
        }

        private static Path real(Path path) {
            return (Path) unwrap(path);
        }

        @Override
        public String getScheme() {
            return "hanging";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            return HangingDisk.this;
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            await();
            return files().newByteChannel(real(path), options, attributes);
        }

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            await();
            return files().newFileChannel(real(path), options, attributes);
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            await();
            DirectoryStream<Path> entries = files().newDirectoryStream(real(path), entry -> filter.accept(wrap(entry)));
            return (DirectoryStream<Path>) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DirectoryStream.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            entries.close();
                            return null;
                        }
                        return StreamSupport.stream(entries.spliterator(), false)
                                .map(HangingDisk.this::wrap)
                                .iterator();
                    });
        }

        @Override
        public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
            await();
            files().createDirectory(real(path), attributes);
        }

        @Override
        public void delete(Path path) throws IOException {
            await();
            files().delete(real(path));
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            await();
            files().move(real(source), real(target), options);
            Clock current = clock;
            if (current != null) {
                Files.setLastModifiedTime(real(target), FileTime.from(current.instant()));
            }
        }

        @Override
        public boolean isSameFile(Path path, Path other) throws IOException {
            return files().isSameFile(real(path), real(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return files().isHidden(real(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return files().getFileStore(real(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            files().checkAccess(real(path), modes);
        }

        @Override
        public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
            return files().getFileAttributeView(real(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
                throws IOException {
            return files().readAttributes(real(path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
                throws IOException {
            return files().readAttributes(real(path), attributes, options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
            files().setAttribute(real(path), attribute, value, options);
        }
    }
}
