/*
 * A Windows pipe in message mode in front of an Engine, as Docker Desktop has one: an empty message ends one direction.
 *
 *   pipe-proxy.exe \\.\pipe\NAME PORT
 *
 * Each connection of the pipe becomes one to 127.0.0.1:PORT. What the other side ends is flushed, and ended by an empty
 * message; the pipe stays open until its client closes it.
 */
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE 65536

typedef struct {
  HANDLE pipe;
  SOCKET engine;
} Connection;

/* The pipe is read and written at once, so both wait for their own event. */
static BOOL transfer(HANDLE pipe, BOOL writes, char *bytes, DWORD length, DWORD *done) {
  OVERLAPPED wait = {0};
  wait.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
  BOOL ok = writes ? WriteFile(pipe, bytes, length, NULL, &wait) : ReadFile(pipe, bytes, length, NULL, &wait);
  if (ok || GetLastError() == ERROR_IO_PENDING) ok = GetOverlappedResult(pipe, &wait, done, TRUE);
  DWORD error = GetLastError();
  CloseHandle(wait.hEvent);
  SetLastError(error);
  return ok;
}

static DWORD WINAPI output(void *argument) {
  Connection *connection = argument;
  char bytes[SIZE];
  DWORD done;
  int length;
  while ((length = recv(connection->engine, bytes, sizeof bytes, 0)) > 0)
    if (!transfer(connection->pipe, TRUE, bytes, length, &done)) return 0;
  if (length < 0) {
    DisconnectNamedPipe(connection->pipe);
    return 0;
  }
  FlushFileBuffers(connection->pipe);
  transfer(connection->pipe, TRUE, bytes, 0, &done);
  return 0;
}

static DWORD WINAPI serve(void *argument) {
  Connection *connection = argument;
  HANDLE writer = CreateThread(NULL, 0, output, connection, 0, NULL);
  char bytes[SIZE];
  DWORD length;
  while (transfer(connection->pipe, FALSE, bytes, sizeof bytes, &length)) {
    if (length == 0) shutdown(connection->engine, SD_SEND);
    for (DWORD sent = 0; sent < length;) {
      int taken = send(connection->engine, bytes + sent, length - sent, 0);
      if (taken <= 0) break;
      sent += taken;
    }
  }
  closesocket(connection->engine);
  WaitForSingleObject(writer, INFINITE);
  CloseHandle(writer);
  CloseHandle(connection->pipe);
  free(connection);
  return 0;
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  struct sockaddr_in address = {0};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = inet_addr("127.0.0.1");
  address.sin_port = htons(atoi(arguments[2]));
  puts("listening");
  fflush(stdout);
  for (;;) {
    HANDLE pipe = CreateNamedPipeA(arguments[1], PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                   PIPE_TYPE_MESSAGE | PIPE_READMODE_BYTE | PIPE_WAIT, PIPE_UNLIMITED_INSTANCES, SIZE,
                                   SIZE, 0, NULL);
    if (pipe == INVALID_HANDLE_VALUE) return 1;
    OVERLAPPED wait = {0};
    wait.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    DWORD none;
    BOOL ok = ConnectNamedPipe(pipe, &wait) || GetLastError() == ERROR_PIPE_CONNECTED ||
              (GetLastError() == ERROR_IO_PENDING && GetOverlappedResult(pipe, &wait, &none, TRUE));
    CloseHandle(wait.hEvent);
    Connection *connection = malloc(sizeof *connection);
    connection->pipe = pipe;
    connection->engine = socket(AF_INET, SOCK_STREAM, 0);
    if (!ok || connect(connection->engine, (struct sockaddr *)&address, sizeof address) != 0) {
      closesocket(connection->engine);
      CloseHandle(pipe);
      free(connection);
      continue;
    }
    CreateThread(NULL, 0, serve, connection, 0, NULL);
  }
}
