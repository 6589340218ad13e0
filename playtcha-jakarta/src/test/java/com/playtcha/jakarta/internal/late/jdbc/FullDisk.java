package com.playtcha.jakarta.internal.late.jdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/** The disk as H2 sees it in paths that begin with {@code full:}, which can be told to have no room. */
public final class FullDisk extends FilePathWrapper {
    private static volatile boolean full;

    /** Has H2 know paths of this kind. */
    static void register() {
        full = false;
        FilePath.register(new FullDisk());
    }

    static void unregister() {
        FilePath.unregister(new FullDisk());
    }

    static void fill() {
        full = true;
    }

    static void makeRoom() {
        full = false;
    }

    @Override
    public String getScheme() {
        return "full";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        return new Opened(getBase().open(mode));
    }

    private static final class Opened extends FileBase {
        private final FileChannel real;

        Opened(FileChannel real) {
            this.real = real;
        }

        private static void takeRoom() throws IOException {
            if (full) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return real.read(target);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return real.read(target, position);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            takeRoom();
            return real.write(source);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            takeRoom();
            return real.write(source, position);
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            real.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            real.truncate(size);
            return this;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            real.force(metaData);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return real.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            real.close();
        }
    }
}
