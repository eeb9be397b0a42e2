"""From a file to an account of every row: upload, headers, progress, rejected rows, corrections."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from webcity import ANOTHER_HEAD, upload

from yiwang.kernel.core.actor import Role


def test_only_resources_one_may_load_are_offered(signed_in) -> None:
    page = signed_in(Role.STEWARD).get("/work/upload/").content.decode()
    assert 'value="heating-aid"' in page
    assert 'value="bus-stops"' not in page


def test_who_may_load_nothing_reads_whom_to_ask(signed_in) -> None:
    page = signed_in(Role.STAFF).get("/work/upload/").content.decode()
    assert "没有你可以归集的数据资源" in page


def test_a_form_without_a_file_is_answered_beside_the_form(signed_in) -> None:
    answer = signed_in(Role.STEWARD).post("/work/upload/", {"resource": "heating-aid"})
    assert answer.status_code == 400
    assert "没有选择文件" in answer.content.decode()


def test_a_resource_of_another_department_cannot_be_loaded(signed_in) -> None:
    file = SimpleUploadedFile("a.csv", b"x\n1\n")
    answer = signed_in(Role.STEWARD).post("/work/upload/", {"resource": "bus-stops", "file": file})
    assert answer.status_code == 403


def test_a_finished_load_shows_that_no_row_was_lost(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    page = client.get(f"/work/loads/{upload(client)}/").content.decode()
    counted = page.split('class="identity"')[1].split("</strong></div></div>")[0]
    assert [part.split("</strong>")[0] for part in counted.split("<strong>")[1:]] == ["4", "2", "2"]
    assert "户号应为 6 位数字" in page and "取暖方式应在列表内" in page


def test_the_same_file_again_changes_nothing_and_says_so(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    assert upload(client) == upload(client)


def test_the_progress_piece_stops_asking_when_the_load_has_ended(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    piece = client.get(f"/work/loads/{upload(client)}/progress/").content.decode()
    assert "<html" not in piece
    assert "data-load-ended" in piece and "hx-get" not in piece


def test_a_file_that_is_no_table_says_what_is_wrong_and_can_be_tried_again(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    load = upload(client, "PK\x03\x04 this is no workbook", name="broken.xlsx")
    page = client.get(f"/work/loads/{load}/").content.decode()
    assert 'role="alert"' in page and "失败" in page
    assert client.post(f"/work/loads/{load}/retry/").status_code == 302


def test_headers_that_are_not_sure_are_asked_once_and_the_load_goes_on(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    load = upload(client, ANOTHER_HEAD)
    assert "确认表头" in client.get(f"/work/loads/{load}/").content.decode()
    question = client.get(f"/work/loads/{load}/mapping/").content.decode()
    assert "村屯" in question and "街津口村" in question and "请确认" in question
    given = {"header": ["户号", "姓名", "村屯", "取暖方式"], "field": ["household", "head", "village", "fuel"]}
    assert client.post(f"/work/loads/{load}/mapping/", given)["Location"] == f"/work/loads/{load}/"
    assert "已完成" in client.get(f"/work/loads/{load}/").content.decode()
    assert client.get(f"/work/loads/{load}/mapping/").status_code == 302


def test_each_rejected_row_stands_with_its_reason_beside_the_cell(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    page = client.get(f"/work/loads/{upload(client)}/rejected/").content.decode()
    cell = page.split('value="10A"')[1].split("</td>")[0]
    assert "户号应为 6 位数字" in cell and 'aria-invalid="true"' in cell
    assert 'value="王小江"' not in page, "a good row is not listed"


def test_rejected_rows_can_be_looked_at_by_reason(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    page = client.get(f"/work/loads/{upload(client)}/rejected/", {"reason": "known-fuel"}).content.decode()
    assert 'value="木炭"' in page and 'value="10A"' not in page


def test_rejected_rows_can_be_taken_away_with_their_reasons(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    answer = client.get(f"/work/loads/{upload(client)}/rejected/file/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "10A" in text and "户号应为 6 位数字" in text


def test_corrected_cells_go_as_a_new_load_and_the_old_one_stays(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    load = upload(client)
    page = client.get(f"/work/loads/{load}/rejected/").content.decode()
    name = page.split('value="10A"')[0].rsplit('name="', 1)[1].split('"')[0]
    answer = client.post(f"/work/loads/{load}/rejected/correct/", {name: "100003", "page": "1", "reason": ""})
    fresh = int(answer["Location"].split("/")[3])
    assert fresh != load
    account = client.get(f"/api/data/loads/{fresh}").json()
    assert (account["source"], account["accepted"], account["rejected"]) == (1, 1, 0)
    assert client.get(f"/api/data/loads/{load}").json()["rejected"] == 2


def test_sending_without_a_change_is_answered_beside_the_table(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    load = upload(client)
    answer = client.post(f"/work/loads/{load}/rejected/correct/", {"page": "1"})
    assert answer.status_code == 400
    assert "没有改动任何一格" in answer.content.decode()


def test_the_desk_lists_one_s_loads_and_what_came_back(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    upload(client)
    page = client.get("/work/").content.decode()
    assert "heating.csv" in page and "有退回行等待改正" in page


def test_loads_can_be_narrowed_by_state(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    upload(client)
    assert "heating.csv" in client.get("/work/loads/", {"state": "done", "mine": "1"}).content.decode()
    assert "没有符合条件的归集记录" in client.get("/work/loads/", {"state": "failed"}).content.decode()
