"""A real Chromium with a virtual device makes a passkey and signs in with it; without scripts the code does."""

import re
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Page, expect

from hometeach.kernel.clock import machine_now
from tests import factories
from tests.browser.conftest import PHONE, violations
from tests.browser.walking import overflow

pytestmark = pytest.mark.browser


@pytest.fixture
def at_localhost(bare_app, cast, address: str) -> str:
    """The address as the deployment names it: browsers make passkeys for names, not for numbers."""
    bare_app.config["PUBLIC_URL"] = address.replace("127.0.0.1", "localhost")
    return bare_app.config["PUBLIC_URL"]


def with_device(page: Page) -> Page:
    """Give the tab a device that keeps passkeys and is unlocked by itself."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    device |= {"automaticPresenceSimulation": True, "hasResidentKey": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    return page


def give_password(page: Page, at: str) -> None:
    page.goto(f"{at}/sign-in")
    page.locator("#name").fill("lin")
    page.locator("#password").fill(factories.PASSWORD)
    page.locator("main button").click()


def set_app_up(page: Page, at: str) -> str:
    page.goto(f"{at}/account/second-factor")
    page.locator("main button").click()
    secret = page.locator("main code").inner_text()
    page.locator("#code").fill(pyotp.TOTP(secret).at(machine_now()))
    page.locator("main button").click()
    return secret


def test_a_passkey_is_made_and_lets_in_in_place_of_the_code(open_page, at_localhost: str) -> None:
    page = with_device(open_page(PHONE))
    give_password(page, at_localhost)
    set_app_up(page, at_localhost)
    page.goto(f"{at_localhost}/account/passkeys")
    assert violations(page) == []
    page.locator("#name").fill("我的手机")
    page.locator("#password").fill(factories.PASSWORD)
    page.get_by_role("button", name="下一步：用设备登记").click()
    assert violations(page) == []
    page.get_by_role("button", name="询问设备").click()
    expect(page.locator("tbody th")).to_have_text("我的手机")
    assert overflow(page) == 0
    page.context.clear_cookies()

    give_password(page, at_localhost)
    page.get_by_role("button", name="用通行密钥代替验证码").click()
    assert violations(page) == []
    page.get_by_role("button", name="使用通行密钥").click()
    expect(page).to_have_url(re.compile(r"/$"))
    page.goto(f"{at_localhost}/account/passkeys")
    expect(page.locator("tbody tr")).not_to_contain_text("从未")


def test_a_device_that_gives_no_answer_is_told_and_the_code_still_lets_in(open_page, at_localhost: str) -> None:
    page = with_device(open_page())
    give_password(page, at_localhost)
    secret = set_app_up(page, at_localhost)
    page.goto(f"{at_localhost}/account/passkeys")
    page.locator("#name").fill("办公电脑")
    page.locator("#password").fill(factories.PASSWORD)
    page.get_by_role("button", name="下一步：用设备登记").click()
    page.get_by_role("button", name="询问设备").click()
    expect(page.locator("tbody th")).to_have_text("办公电脑")

    other = with_device(open_page())
    give_password(other, at_localhost)
    other.get_by_role("button", name="用通行密钥代替验证码").click()
    other.get_by_role("button", name="使用通行密钥").click()
    expect(other.locator("[data-passkey-said]")).to_be_visible()
    other.get_by_role("link", name="改用应用里的验证码").click()
    other.locator("#code").fill(pyotp.TOTP(secret).at(machine_now() + timedelta(seconds=30)))
    other.locator("main button").first.click()
    expect(other).to_have_url(re.compile(r"/$"))
