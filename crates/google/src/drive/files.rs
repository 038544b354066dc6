use bytes::Bytes;
use http::header;
use serde::Deserialize;

use crate::{
    Error, GoogleService, Items, Page, Request,
    calendar::{Channel, NewChannel},
    drive::{Download, Drive, File, FilePage, FilePatch, FileQuery},
    paging::items,
    upload::{ResumableUpload, UploadSession, multipart},
};

const CREATE: &str = "drive.files.create";

/// Files and folders. <https://developers.google.com/workspace/drive/api/reference/rest/v3/files>
#[derive(Clone, Copy)]
pub struct Files<'a> {
    pub(crate) service: &'a Drive,
    pub(crate) fields: &'a str,
}

impl<'a> Files<'a> {
    /// The same with other fields in the answers: `id,name,size` takes Google less time than all of them.
    pub fn fields(mut self, fields: &'a str) -> Self {
        self.fields = fields;
        self
    }

    fn shaped(self, request: Request) -> Request {
        request.query("fields", self.fields).query("supportsAllDrives", "true")
    }

    /// One page of files.
    pub async fn list(self, query: &FileQuery) -> Result<FilePage, Error> {
        let request = query.apply(self.service.get("drive.files.list", "/files", &[]));
        let fields = format!("kind,nextPageToken,incompleteSearch,files({})", self.fields);
        self.service.client().json(request.query("fields", &fields)).await
    }

    /// The files, one after the other; pages are asked for as they are needed.
    pub fn list_all(self, query: FileQuery) -> Items<'a, File> {
        items("drive.files.list", query.page_token.clone(), move |page_token| {
            let query = FileQuery { page_token, ..query.clone() };
            async move {
                let page = self.list(&query).await?;
                Ok(Page { items: page.files, next: page.next_page_token })
            }
        })
    }

    /// The metadata of one file. `root` is the account's own top folder.
    pub async fn get(self, file_id: &str) -> Result<File, Error> {
        self.service.client().json(self.get_request(file_id)).await
    }

    /// The call of [`Files::get`], for a [batch](GoogleService::batch).
    pub fn get_request(self, file_id: &str) -> Request {
        self.shaped(self.service.get("drive.files.get", "/files/{}", &[file_id]))
    }

    /// The content of a file, piece by piece. Google's own documents have none: [`Files::export`] them.
    pub fn download(self, file_id: &str) -> Download {
        Download::new(self.service, file_id)
    }

    /// One of Google's own documents in another form, at most 10 MB, such as `application/pdf`.
    /// <https://developers.google.com/workspace/drive/api/guides/ref-export-formats>
    pub async fn export(self, file_id: &str, mime_type: &str) -> Result<Bytes, Error> {
        let request = self.service.get("drive.files.export", "/files/{}/export", &[file_id]);
        let request = request.query("mimeType", mime_type).header(header::ACCEPT, "*/*");
        Ok(self.service.client().answer(request).await?.into_body())
    }

    /// The call of [`Files::create`], for a [batch](GoogleService::batch). Content cannot go in one.
    pub fn create_request(self, file: &File) -> Request {
        let request = self.shaped(self.service.post(CREATE, "/files", &[])).json(file);
        if file.id.is_some() { request.repeatable() } else { request }
    }

    /// Makes a file without content, or a folder. With an id of [`Files::generate_ids`] in it a lost answer is asked for
    /// again, and [`Kind::Duplicate`](crate::Kind::Duplicate) then says that the file is there.
    pub async fn create(self, file: &File) -> Result<File, Error> {
        self.service.client().json(self.create_request(file)).await
    }

    /// Makes a file with content of up to 5 MB.
    pub async fn create_with_content(self, file: &File, content_type: &str, content: &[u8]) -> Result<File, Error> {
        let client = self.service.client();
        client.json(multipart(client, self.create_request(file), file, content_type, content)).await
    }

    /// Begins a file with `length` bytes of content; [`ResumableUpload::send`] gives the [`File`].
    pub async fn begin_create(self, file: &File, content_type: &str, length: u64) -> Result<ResumableUpload, Error> {
        ResumableUpload::begin(self.service.client(), self.create_request(file), content_type, length).await
    }

    /// Goes on with an upload that was begun before, perhaps by another process.
    pub fn resume_upload(self, session: UploadSession) -> ResumableUpload {
        ResumableUpload::resume(self.service.client(), CREATE, Drive::ROOT, session)
    }

    /// The call of [`Files::update`], for a [batch](GoogleService::batch). Content cannot go in one.
    pub fn update_request(self, file_id: &str, patch: &FilePatch) -> Request {
        let request = self.shaped(self.service.patch("drive.files.update", "/files/{}", &[file_id]));
        // The same fields, or the same content, twice are as good as once.
        patch.apply(request).json(patch).repeatable()
    }

    /// Changes metadata: names, moves, puts into the trash and takes out of it.
    pub async fn update(self, file_id: &str, patch: &FilePatch) -> Result<File, Error> {
        self.service.client().json(self.update_request(file_id, patch)).await
    }

    /// Changes metadata and replaces the content, up to 5 MB.
    pub async fn update_with_content(
        self,
        file_id: &str,
        patch: &FilePatch,
        content_type: &str,
        content: &[u8],
    ) -> Result<File, Error> {
        let client = self.service.client();
        client.json(multipart(client, self.update_request(file_id, patch), patch, content_type, content)).await
    }

    /// Begins to replace the content by one of `length` bytes.
    pub async fn begin_update(
        self,
        file_id: &str,
        patch: &FilePatch,
        content_type: &str,
        length: u64,
    ) -> Result<ResumableUpload, Error> {
        let request = self.update_request(file_id, patch);
        ResumableUpload::begin(self.service.client(), request, content_type, length).await
    }

    /// Copies a file; what `file` says is different in the copy. Folders cannot be copied.
    pub async fn copy(self, file_id: &str, file: &File) -> Result<File, Error> {
        let request = self.shaped(self.service.post("drive.files.copy", "/files/{}/copy", &[file_id])).json(file);
        self.service.client().json(if file.id.is_some() { request.repeatable() } else { request }).await
    }

    /// Deletes a file for ever, past the trash; a folder with all that is in it and is the account's own.
    pub async fn delete(self, file_id: &str) -> Result<(), Error> {
        self.service.client().no_content(self.delete_request(file_id)).await
    }

    /// The call of [`Files::delete`], for a [batch](GoogleService::batch).
    pub fn delete_request(self, file_id: &str) -> Request {
        let request = self.service.delete_request("drive.files.delete", "/files/{}", &[file_id]);
        request.query("supportsAllDrives", "true")
    }

    /// Deletes all that lies in the account's trash, for ever.
    pub async fn empty_trash(self) -> Result<(), Error> {
        self.service
            .client()
            .no_content(self.service.delete_request("drive.files.emptyTrash", "/files/trash", &[]))
            .await
    }

    /// Ids for [`Files::create`] and [`Files::copy`], 1 to 1000 of them.
    pub async fn generate_ids(self, count: u32) -> Result<Vec<String>, Error> {
        #[derive(Deserialize)]
        struct Generated {
            ids: Vec<String>,
        }
        let request = self.service.get("drive.files.generateIds", "/files/generateIds", &[]);
        let request = request.query("count", &count.clamp(1, 1000).to_string());
        self.service.client().json::<Generated>(request).await.map(|generated| generated.ids)
    }

    /// Asks for a push message whenever this file changes. Such a channel lives for a day at most.
    pub async fn watch(self, file_id: &str, channel: &NewChannel) -> Result<Channel, Error> {
        let request = self.service.post("drive.files.watch", "/files/{}/watch", &[file_id]);
        self.service.begin_channel(request.query("supportsAllDrives", "true"), channel).await
    }
}
