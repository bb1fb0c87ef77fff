"""Describir, retirar y suprimir evidencias."""

import pytest

from talleres.acciones import NoProcede
from talleres.acciones_evidencias import retirar_evidencia, suprimir_evidencia
from talleres.models import Evidencia
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.conftest import entrar, ruta_admin

from ..imagenes import foto
from .evidencias import archivo, evidencia_de, guardados, ruta, subir

pytestmark = pytest.mark.django_db


@pytest.fixture
def evidencia(encuentro1, central):
    return evidencia_de(
        encuentro1,
        por=central,
        leyenda="Doña Rosa expone",
        alcance="personas",
        consentimiento="Aceptó doña Rosa",
    )


def describir(client, evidencia, **datos):
    valores = {"leyenda": "Mesa 2", "alcance": "todos", "consentimiento": "", "version_leida": 1}
    return client.post(ruta("describir_evidencia", evidencia), valores | datos)


def retirar(client, evidencia, **datos):
    return client.post(
        ruta("retirar_evidencia", evidencia), {"motivo": "Lo pidió", "version": 1} | datos
    )


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 302),
        ("zonal1", 302),
        ("zonal4", 404),
        ("observador", 403),
        ("plan_rioverde", 403),
        ("plan_chone", 403),
    ],
)
def test_la_describe_y_la_retira_quien_edita_el_encuentro(client, elenco, evidencia, quien, estado):
    entrar(client, elenco[quien])
    assert describir(client, evidencia).status_code == estado
    evidencia.refresh_from_db()
    assert evidencia.leyenda == ("Mesa 2" if estado == 302 else "Doña Rosa expone")
    respuesta = retirar(client, evidencia, version=evidencia.version)
    evidencia.refresh_from_db()
    assert (respuesta.status_code, bool(evidencia.retirada)) == (estado, estado == 302)
    respuesta = client.post(ruta("suprimir_evidencia", evidencia), {"version": evidencia.version})
    evidencia.refresh_from_db()
    assert (respuesta.status_code, evidencia.esta_suprimida) == (estado, estado == 302)


def test_describirla_deja_su_historia(client, zonal1, evidencia):
    describir(entrar(client, zonal1), evidencia)
    ultima = evidencia.historia.first()
    assert (ultima.leyenda, ultima.history_user) == ("Mesa 2", zonal1)
    assert ultima.history_change_reason == "Cambio en su descripción"


def test_quitar_la_nota_cuando_aparecen_personas_no_se_puede(client, zonal1, evidencia):
    respuesta = describir(entrar(client, zonal1), evidencia, alcance="personas")
    assert respuesta.status_code == 400
    assert "Anote quién aceptó aparecer, cómo y cuándo." in respuesta.text
    evidencia.refresh_from_db()
    assert evidencia.consentimiento == "Aceptó doña Rosa"


def test_si_otra_persona_guardo_antes_se_muestran_las_dos(client, zonal1, evidencia):
    Evidencia.objects.filter(pk=evidencia.pk).update(version=2, leyenda="La de otra persona")
    respuesta = describir(entrar(client, zonal1), evidencia)
    assert respuesta.status_code == 409
    assert "La de otra persona" in respuesta.text and "Mesa 2" in respuesta.text
    respuesta = retirar(client, evidencia)
    assert respuesta.status_code == 409 and "Lo pidió" in respuesta.text
    evidencia.refresh_from_db()
    assert (evidencia.version, evidencia.leyenda, evidencia.retirada) == (
        2,
        "La de otra persona",
        None,
    )


def test_retirada_la_ven_solo_quienes_la_editan(client, elenco, evidencia, encuentro1):
    retirar(entrar(client, elenco["zonal1"]), evidencia)
    for quien, estado in {"zonal1": 200, "central": 200, "plan_rioverde": 404}.items():
        entrar(client, elenco[quien])
        for que in ("evidencia", "archivo_evidencia", "miniatura_evidencia"):
            assert client.get(ruta(que, evidencia)).status_code == estado
    assert "Doña Rosa" not in client.get(ruta("evidencias", encuentro1)).text
    ficha = entrar(client, elenco["central"]).get(encuentro1.get_absolute_url())
    assert ficha.context["encuentro"].cuantas_evidencias == 0
    assert len(guardados()) == 2


@pytest.mark.parametrize("motivo", ["", "   "])
def test_se_retira_con_un_motivo_escrito(client, zonal1, evidencia, motivo):
    respuesta = retirar(entrar(client, zonal1), evidencia, motivo=motivo)
    assert respuesta.status_code == 400
    assert "Escriba por qué se retira." in respuesta.text
    evidencia.refresh_from_db()
    assert evidencia.retirada is None


def test_una_retirada_no_se_describe_ni_se_retira_otra_vez(client, zonal1, evidencia):
    entrar(client, zonal1)
    retirar(client, evidencia)
    assert describir(client, evidencia, version_leida=2).status_code == 409
    assert retirar(client, evidencia, version=2).status_code == 409
    assert client.get(ruta("describir_evidencia", evidencia)).status_code == 409
    assert "ya está retirada" in client.get(ruta("retirar_evidencia", evidencia)).text


def test_retirada_se_puede_subir_otra_vez(client, zonal1, evidencia, encuentro1):
    entrar(client, zonal1)
    retirar(client, evidencia)
    subir(client, encuentro1, archivo(foto()))
    assert Evidencia.objects.vigentes().count() == 1 and Evidencia.objects.count() == 2


def test_suprimir_borra_los_archivos_y_lo_que_decia_de_las_personas(
    client, zonal1, evidencia, django_capture_on_commit_callbacks
):
    entrar(client, zonal1)
    retirar(client, evidencia)
    huella = evidencia.huella
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ruta("suprimir_evidencia", evidencia), {"version": 2})
    evidencia.refresh_from_db()
    assert guardados() == []
    assert (evidencia.leyenda, evidencia.consentimiento) == ("Evidencia suprimida", "")
    assert (evidencia.huella, evidencia.motivo_retiro) == (huella, "Lo pidió")
    assert {fila.leyenda for fila in evidencia.historia.all()} == {"Evidencia suprimida"}
    assert client.get(ruta("archivo_evidencia", evidencia)).status_code == 404
    assert "su archivo ya no existe" in client.get(ruta("evidencia", evidencia)).text


def test_solo_se_suprime_lo_retirado_y_una_vez(client, zonal1, evidencia):
    entrar(client, zonal1)
    respuesta = client.post(ruta("suprimir_evidencia", evidencia), {"version": 1})
    assert respuesta.status_code == 409
    assert "Solo se suprime una evidencia retirada" in respuesta.text
    assert client.post(ruta("suprimir_evidencia", evidencia), {"version": "x"}).status_code == 400
    assert client.get(ruta("suprimir_evidencia", evidencia)).status_code == 405
    retirada = retirar_evidencia(evidencia, motivo="Pedido", por=zonal1, version=1)
    suprimir_evidencia(retirada, por=zonal1, version=2)
    with pytest.raises(NoProcede):
        suprimir_evidencia(retirada, por=zonal1, version=3)


@pytest.mark.django_db(transaction=True)
def test_dos_personas_la_retiran_a_la_vez_y_gana_una(zonal1, central, evidencia):
    personas = [zonal1, central]
    dados = a_la_vez(
        2, lambda n: retirar_evidencia(evidencia, motivo=f"De {n}", por=personas[n], version=1)
    )
    (gana,) = [n for n, dado in enumerate(dados) if isinstance(dado, Evidencia)]
    assert isinstance(dados[1 - gana], Conflicto)
    evidencia.refresh_from_db()
    assert (evidencia.motivo_retiro, evidencia.version) == (f"De {gana}", 2)
    assert evidencia.historia.count() == 2


def test_la_central_la_busca_en_el_admin_sin_abrir_el_archivo(client, central, evidencia):
    entrar(client, central)
    assert "Doña Rosa" in client.get(ruta_admin(Evidencia, "changelist")).text
    ficha = client.get(ruta_admin(Evidencia, "change", evidencia.pk)).text
    assert "Doña Rosa" in ficha and evidencia.archivo.name not in ficha
    pasado = client.get(
        ruta_admin(Evidencia, "simple_history", evidencia.pk, evidencia.historia.first().pk)
    )
    assert pasado.status_code == 200
