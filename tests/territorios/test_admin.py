"""El admin de la central: se usa entero, nadie más entra y nada escapa de la bitácora."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from acompanamiento.models import (
    Criterio,
    Estrategia,
    Grupo,
    Membresia,
)
from pdot.models import (
    Evaluacion,
)
from talleres.models import (
    Encuentro,
)
from territorios.models import (
    Entidad,
    Gad,
    Territorio,
    Usuario,
    Zona,
)
from tests.conftest import entrar
from tests.conftest import ruta_admin as ruta
from tests.fabricas import (
    CriterioFactory,
    GrupoFactory,
    InstrumentoFactory,
    UsuarioFactory,
)
from tests.lectura_html import lo_que_enviaria, pagina

APPS = ("territorios", "acompanamiento", "talleres", "pdot")


def de_la_casa():
    return [modelo for modelo in admin.site._registry if modelo._meta.app_label in APPS]


def paginas_de(modelo, fila):
    """Toda página del admin de un modelo: lista, búsqueda, alta, ficha e historial."""
    yield ruta(modelo, "changelist")
    if admin.site._registry[modelo].search_fields:
        yield ruta(modelo, "changelist") + "?q=cojimíes"
    yield ruta(modelo, "add")
    yield ruta(modelo, "change", fila.pk)
    yield ruta(modelo, "history", fila.pk)
    historia = getattr(fila, "historia", None)
    if historia and historia.exists():
        yield ruta(modelo, "simple_history", fila.pk, historia.first().pk)


class TestPaginas:
    def test_la_central_abre_cada_pagina_y_ninguna_pide_guiones_en_linea(
        self, como_central, muestras
    ):
        assert set(muestras) == set(de_la_casa())
        vistas = 0
        for modelo, fila in muestras.items():
            for url in paginas_de(modelo, fila):
                respuesta = como_central.get(url)
                solo_lectura = not admin.site._registry[modelo].has_add_permission(
                    respuesta.wsgi_request
                )
                esperado = 403 if url.endswith("/add/") and solo_lectura else 200
                assert respuesta.status_code == esperado, url
                if respuesta.status_code == 200:
                    # El paginador del historial trae un estilo que la CSP descarta sin daño.
                    fallas = set(pagina(respuesta).prohibido) - {"style= en <p>"}
                    assert not fallas, f"{url}: {fallas}"
                vistas += 1
        assert vistas > 100

    def test_cada_ficha_guardada_sin_cambios_se_acepta(self, como_central, muestras):
        guardadas = 0
        for modelo, fila in muestras.items():
            url = ruta(modelo, "change", fila.pk)
            abierta = como_central.get(url)
            respuesta = como_central.post(url, lo_que_enviaria(abierta))
            editable = abierta.context["has_change_permission"]
            assert respuesta.status_code == (302 if editable else 403), (
                url,
                respuesta.status_code == 400 and respuesta.context["errors"],
            )
            guardadas += editable
        assert guardadas >= 15

    @pytest.mark.parametrize("nombre", ["zonal1", "plan_rioverde", "observador"])
    def test_con_otro_rol_no_se_entra(self, client, elenco, nombre):
        entrar(client, elenco[nombre])
        for url in [reverse("admin:index"), *(ruta(m, "changelist") for m in de_la_casa())]:
            assert client.get(url, follow=True).status_code == 403, url

    def test_sin_cuenta_lleva_a_ingresar(self, client, db):
        respuesta = client.get(reverse("admin:index"), follow=True)
        assert respuesta.redirect_chain[-1][0].startswith(reverse("account_login"))

    def test_ninguna_lista_consulta_por_fila(self, como_central, muestras):
        for modelo in de_la_casa():
            with CaptureQueriesContext(
                connection,
            ) as consultas:
                como_central.get(ruta(modelo, "changelist"))
            assert len(consultas) <= 12, (modelo, len(consultas))

    def test_no_se_registran_permisos_ni_secretos(self):
        assert not {Group, EmailAddress, Authenticator, DBTaskResult} & set(admin.site._registry)

    def test_se_busca_sin_tildes_y_con_ellas(self, como_central, territorio):
        for texto in ("cojimies", "Cojimíes", "COJIMÍES", "131751"):
            respuesta = como_central.get(ruta(Gad, "changelist"), {"q": texto})
            assert [gad.pk for gad in respuesta.context["cl"].result_list] == ["131751"], texto

    def test_lo_que_se_ofrece_para_elegir_no_se_confunde(self, como_central, grupo1):
        """Esmeraldas es provincia y es cantón; y todo GAD empieza por «Gobierno Autónomo…»."""
        pedido = {"app_label": "acompanamiento", "model_name": "membresia", "field_name": "gad"}
        respuesta = como_central.get(reverse("admin:autocomplete"), pedido | {"term": "esmeraldas"})
        ofrecido = [opcion["text"] for opcion in respuesta.json()["results"]]
        assert ofrecido == ["08 · Esmeraldas (provincial)", "0801 · Esmeraldas (municipal)"]
        ficha = como_central.get(ruta(Grupo, "change", grupo1.pk)).text
        assert "0807 · Rioverde (municipal)" in ficha
        assert "0807 · Rioverde<" in ficha, "la sede"

    def test_se_filtra_por_provincia(self, como_central, territorio):
        respuesta = como_central.get(ruta(Territorio, "changelist"), {"provincia": "13"})
        codigos = [lugar.codigo for lugar in respuesta.context["cl"].result_list]
        assert codigos == ["13", "1303", "130352", "1317", "131751"]


class TestBorrar:
    def test_no_existe_el_borrado_en_masa(self, como_central, muestras):
        for modelo in de_la_casa():
            admin_del_modelo = admin.site._registry[modelo]
            pedido = como_central.get(ruta(modelo, "changelist")).wsgi_request
            assert "delete_selected" not in admin_del_modelo.get_actions(pedido), modelo

    def test_lo_que_tiene_historia_no_se_borra(self, como_central, muestras):
        borrables = {Criterio, Entidad}
        probados = 0
        for modelo, fila in muestras.items():
            respuesta = como_central.post(ruta(modelo, "delete", fila.pk), {"post": "yes"})
            assert respuesta.status_code == (200 if modelo in borrables else 403), modelo
            # En los dos catálogos la base lo impide: se están usando.
            assert modelo.objects.filter(pk=fila.pk).exists()
            probados += 1
        assert probados == len(de_la_casa())

    def test_un_criterio_sin_uso_se_borra_y_queda_en_el_historial(self, como_central, central):
        criterio = CriterioFactory(nombre="Pesca")
        pk = criterio.pk
        assert como_central.post(ruta(Criterio, "delete", pk), {"post": "yes"}).status_code == 302
        assert not Criterio.objects.filter(pk=pk).exists()
        asiento = Criterio.historia.filter(id=pk).first()
        assert (asiento.history_type, asiento.history_user) == ("-", central)

    def test_un_criterio_secundario_no_se_borra(self, como_central, grupo1):
        pesca = CriterioFactory(nombre="Pesca")
        grupo1.criterios_secundarios.add(pesca)
        respuesta = como_central.post(ruta(Criterio, "delete", pesca.pk), {"post": "yes"})
        assert respuesta.status_code == 403
        assert grupo1.criterios_secundarios.get() == pesca


class TestHistorial:
    def test_guardar_dice_quien(self, como_central, central, grupo1):
        url = ruta(Grupo, "change", grupo1.pk)
        datos = lo_que_enviaria(como_central.get(url), nombre="Otro nombre")
        assert como_central.post(url, datos).status_code == 302
        asiento = grupo1.historia.first()
        assert (asiento.nombre, asiento.history_user) == ("Otro nombre", central)
        assert LogEntry.objects.get().user == central

    def test_no_se_vuelve_a_una_version_vieja(self, como_central, grupo1):
        vieja = grupo1.historia.first()
        grupo1.nombre = "Nombre vigente"
        grupo1.save()
        url = ruta(Grupo, "simple_history", grupo1.pk, vieja.pk)
        abierta = como_central.get(url)
        assert not [n for n, _ in pagina(abierta).campos if n == "nombre"], "se ofrece editar"
        datos = lo_que_enviaria(abierta, nombre=vieja.nombre, numero=1)
        assert como_central.post(url, datos).status_code == 403
        grupo1.refresh_from_db()
        assert grupo1.nombre == "Nombre vigente"

    def test_el_historial_se_lee_en_espanol(self, como_central, zonal1):
        zonal1.is_active = False
        zonal1.save()
        asiento = zonal1.historia.first()
        lista = como_central.get(ruta(Usuario, "history", zonal1.pk)).text
        vieja = como_central.get(ruta(Usuario, "simple_history", zonal1.pk, asiento.pk)).text
        for dicho in ("Quién", "Motivo", "Se cambió", "Se creó", "sí → no", "2 asientos"):
            assert dicho in lista
        assert "Como estaba" in vieja
        ingles = r"View|Change[ds]?|Object|Comment|Revert|Close|Created|True|entries|Home"
        for pagina_del_historial in (lista, vieja):
            assert not re.findall(rf">[^<]*\b(?:{ingles})\b[^<]*<", pagina_del_historial)

    def test_el_historial_de_una_cuenta_no_muestra_su_clave(self, como_central, plan_rioverde):
        asiento = plan_rioverde.historia.first()
        url = ruta(Usuario, "simple_history", plan_rioverde.pk, asiento.pk)
        huella = plan_rioverde.password.split("$")[-1]
        assert huella not in como_central.get(url).content.decode()


class TestVersion:
    """Otra persona guardó antes: 409, se conserva lo tecleado, se muestra la diferencia."""

    @pytest.mark.parametrize(
        ("modelo", "campo"),
        [(Estrategia, "nombre"), (Grupo, "nombre"), (Encuentro, "tema"), (Zona, "sede")],
    )
    def test_lo_viejo_no_pisa_lo_nuevo(self, como_central, zonal1, muestras, modelo, campo):
        fila = muestras[modelo]
        url = ruta(modelo, "change", fila.pk)
        mio = lo_que_enviaria(como_central.get(url), **{campo: "Lo que yo escribí"})
        otra = modelo.objects.get(pk=fila.pk)
        setattr(otra, campo, "Lo que guardó otra persona")
        if hasattr(otra, "version"):
            otra.version += 1
        otra._history_user = zonal1
        otra.save()

        respuesta = como_central.post(url, mio)

        html = respuesta.content.decode()
        assert respuesta.status_code == 409
        assert "Otra persona guardó antes (Técnico/a zonal 1, " in html
        assert "Ahora dice: «Lo que guardó otra persona»." in html
        assert (campo, "Lo que yo escribí") in pagina(respuesta).campos
        assert getattr(modelo.objects.get(pk=fila.pk), campo) == "Lo que guardó otra persona"
        # Vista la diferencia, guardar otra vez es una decisión.
        assert como_central.post(url, lo_que_enviaria(respuesta)).status_code == 302
        assert getattr(modelo.objects.get(pk=fila.pk), campo) == "Lo que yo escribí"

    def test_cada_guardado_sube_la_version(self, como_central, grupo1):
        url = ruta(Grupo, "change", grupo1.pk)
        for esperada in (2, 3):
            como_central.post(url, lo_que_enviaria(como_central.get(url)))
            grupo1.refresh_from_db()
            assert grupo1.version == esperada

    @pytest.mark.parametrize("version", ["", "abc", None])
    def test_sin_version_no_se_guarda(self, como_central, grupo1, version):
        url = ruta(Grupo, "change", grupo1.pk)
        datos = lo_que_enviaria(como_central.get(url), nombre="Otro", version=version)
        if version is None:
            del datos["version"]
        assert como_central.post(url, datos).status_code == 400
        grupo1.refresh_from_db()
        assert grupo1.nombre != "Otro"


class TestGrupoYEncuentro:
    def test_el_estado_de_un_encuentro_se_lee_y_no_se_teclea(self, como_central, encuentro1):
        """Se cambia en su página, que avisa, recalcula y deja quién lo hizo."""
        url = ruta(Encuentro, "change", encuentro1.pk)
        tecleado = {"estado": "cancelado", "motivo": "Paro", "nota": "Con nota"}
        assert not {"estado", "motivo"} & lo_que_enviaria(como_central.get(url)).keys()
        como_central.post(url, lo_que_enviaria(como_central.get(url)) | tecleado)
        guardado = Encuentro.objects.get(pk=encuentro1.pk)
        assert (guardado.estado, guardado.motivo, guardado.nota) == ("planificado", "", "Con nota")

    def test_el_numero_repetido_es_un_mensaje_y_no_una_falla(self, como_central, grupo1, grupo2):
        url = ruta(Grupo, "change", grupo1.pk)
        respuesta = como_central.post(url, lo_que_enviaria(como_central.get(url), numero=2))
        assert respuesta.status_code == 400
        assert "Ya hay un grupo con ese número" in respuesta.content.decode()

    def test_un_miembro_no_se_repite(self, como_central, grupo1, territorio):
        respuesta = self._con_miembro_nuevo(como_central, grupo1, "0807")
        assert respuesta.status_code == 400
        assert Membresia.objects.filter(grupo=grupo1).count() == 4

    def test_se_agrega_un_miembro_y_se_asienta(self, como_central, central, grupo1, territorio):
        assert self._con_miembro_nuevo(como_central, grupo1, "0803").status_code == 302
        nueva = Membresia.objects.get(grupo=grupo1, gad="0803")
        assert nueva.historia.get().history_user == central

    def _con_miembro_nuevo(self, cliente, grupo, codigo):
        url = ruta(Grupo, "change", grupo.pk)
        datos = lo_que_enviaria(cliente.get(url))
        datos["membresias-TOTAL_FORMS"] = "5"
        datos |= {"membresias-4-gad": codigo, "membresias-4-desde": "01/08/2019"}
        return cliente.post(url, datos | {"membresias-4-grupo": grupo.pk, "membresias-4-id": ""})

    def test_la_sede_es_de_un_miembro(self, como_central, grupo1):
        url = ruta(Grupo, "change", grupo1.pk)
        respuesta = como_central.post(url, lo_que_enviaria(como_central.get(url), sede="1303"))
        assert respuesta.status_code == 400
        assert "La sede debe ser" in respuesta.content.decode()

    def test_el_gad_de_una_membresia_no_cambia(self, como_central, grupo1):
        url = ruta(Grupo, "change", grupo1.pk)
        datos = lo_que_enviaria(como_central.get(url)) | {"membresias-3-gad": "1303"}
        assert como_central.post(url, datos).status_code == 302
        assert not Membresia.objects.filter(gad="1303").exists()

    def test_un_encuentro_no_mezcla_estrategias(self, como_central, encuentro1):
        ajena = Estrategia.objects.create(
            codigo="otra", nombre="Otra", desde="2020-01-01", hasta="2020-12-31"
        )
        ajeno = GrupoFactory(estrategia=ajena)
        url = ruta(Encuentro, "change", encuentro1.pk)
        respuesta = como_central.post(
            url, lo_que_enviaria(como_central.get(url), grupos=[ajeno.pk])
        )
        assert respuesta.status_code == 400
        assert "grupos" in respuesta.context["adminform"].form.errors

    @pytest.mark.parametrize(
        ("estado", "otro"), [("realizado", "cancelado"), ("cancelado", "planificado")]
    )
    def test_de_un_encuentro_cerrado_solo_cambia_la_nota(
        self, como_central, encuentro1, estado, otro
    ):
        encuentro1.estado, encuentro1.motivo = estado, "Lluvias"
        encuentro1.save()
        url = ruta(Encuentro, "change", encuentro1.pk)
        tecleado = {"estado": otro, "lugar": "Casa comunal", "nota": "Se corrigió el acta"}
        como_central.post(url, lo_que_enviaria(como_central.get(url)) | tecleado)
        guardado = Encuentro.objects.get(pk=encuentro1.pk)
        assert (guardado.estado, guardado.lugar, guardado.nota) == (
            estado,
            "Rioverde",
            "Se corrigió el acta",
        )

    def test_la_clave_de_una_fila_no_se_cambia(self, como_central, territorio):
        """Cambiar un código en el admin de Django crearía una copia."""
        antes = Territorio.objects.count()
        url = ruta(Territorio, "change", "0807")
        como_central.post(url, lo_que_enviaria(como_central.get(url), codigo="0809"))
        assert Territorio.objects.count() == antes


def test_las_escrituras_de_una_carga_no_cuentan_como_ajenas(como_central, territorio):
    """Lo cargado en masa no tiene historial: se edita igual, con versión cero."""
    url = ruta(Zona, "change", 1)
    abierta = como_central.get(url)
    assert ("version", "0") in pagina(abierta).campos
    assert como_central.post(url, lo_que_enviaria(abierta, sede="Tulcán")).status_code == 302
    assert Zona.objects.get(pk=1).sede == "Tulcán"


def test_un_instrumento_y_un_usuario_sirven_de_fabrica(db):
    assert InstrumentoFactory(con_preguntas=True).secciones.count() == 3
    assert UsuarioFactory(es_zonal=True).zona.numero == 1
    assert UsuarioFactory(es_planificador=True).gad.nivel == Gad.Nivel.MUNICIPAL
    assert UsuarioFactory(es_central=True).is_staff
    assert Evaluacion.objects.count() == 0
