"""Pedir una propuesta en pantalla y aceptar, editar o descartar cada grupo."""

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from acompanamiento.forms_propuesta import CantonesField
from acompanamiento.mesa import Sitio
from acompanamiento.models import Grupo

from ..carreras import a_la_vez
from ..conftest import entrar
from ..contornos import cargar_contornos


@pytest.fixture
def url(estrategia, territorio):
    # El motor mide distancias a la sede: sin coordenadas no hay propuesta.
    for numero, lugar in enumerate(territorio.lugar.values()):
        lugar.lon, lugar.lat = -80 + numero / 10, numero / 20
        lugar.save()
    return reverse("acompanamiento:proponer", args=[estrategia.codigo])


@pytest.fixture
def aceptar(estrategia):
    return reverse("acompanamiento:aceptar_propuestos", args=[estrategia.codigo])


def consulta(respuesta):
    return urlsplit(respuesta.url).query


def miembros(grupo):
    return sorted(grupo.membresias.vigentes_en().values_list("gad_id", flat=True))


def test_la_zona_pide_y_cada_grupo_viene_explicado(client, zonal1, url):
    pedida = entrar(client, zonal1).get(f"{url}?donde=zona-1")
    assert pedida.status_code == 302
    assert parse_qs(consulta(pedida)) == {"donde": ["zona-1"], "g": ["0801-0803-0807"]}
    respuesta = client.get(pedida.url)
    [(propuesto, _, mesa)] = respuesta.context["propuestos"]
    assert propuesto.nombres == ["Esmeraldas", "Muisne", "Rioverde"]
    assert propuesto.grupo.explicacion[0] == (
        "Esmeraldas, Muisne y Rioverde forman un territorio continuo: comparten 24 km de límite."
    )
    assert propuesto.grupo.explicacion[0] in respuesta.text
    assert parse_qs(mesa)["cantones"] == ["0801", "0803", "0807"]
    assert not Grupo.objects.exists()


def test_el_mapa_lleva_cada_propuesta_con_su_numero(client, zonal1, url):
    cargar_contornos()
    pedida = entrar(client, zonal1).get(f"{url}?donde=zona-1&max_cantones=2")
    mapa = client.get(pedida.url).context["mapa"]
    numeros = [r.texto for plano in mapa.planos for r in plano.rotulos if r.clase == "numero"]
    assert sorted(numeros) == ["1", "2"]


def test_quien_ya_tiene_grupo_queda_fuera(client, zonal1, grupo1, url):
    pedida = entrar(client, zonal1).get(f"{url}?donde=zona-1")
    assert parse_qs(consulta(pedida))["g"] == ["0803"]


def test_aceptar_deja_el_grupo_propuesto_con_sus_tres_niveles(client, zonal1, url, aceptar):
    pedida = entrar(client, zonal1).get(f"{url}?donde=zona-1")
    respuesta = client.post(aceptar, {"consulta": consulta(pedida), "numero": "1"})
    assert respuesta.url == pedida.url
    grupo = Grupo.objects.get()
    assert (grupo.estado, grupo.zona_id, grupo.justificacion) == ("propuesto", 1, "")
    assert grupo.nombre == "Esmeraldas, Muisne, Rioverde"
    assert grupo.sede_id in {"0801", "0803", "0807"}
    assert miembros(grupo) == ["08", "0801", "0803", "0807", "080752"]
    assert set(grupo.membresias.values_list("desde", flat=True)) == {timezone.localdate()}
    assert grupo.historia.get().history_user == zonal1
    [(propuesto, _, _)] = client.get(pedida.url).context["propuestos"]
    assert [str(uno) for uno in propuesto.impiden] == [f"{grupo} (propuesto)"]


def test_aceptar_todos_los_que_faltan(client, central, url, aceptar):
    pedida = entrar(client, central).get(f"{url}?donde=pais&max_cantones=2")
    client.post(aceptar, {"consulta": consulta(pedida), "numero": "todos"})
    reunidos = [miembros(grupo) for grupo in Grupo.objects.all()]
    cantones = sorted(codigo for grupo in reunidos for codigo in grupo if len(codigo) == 4)
    assert cantones == ["0801", "0803", "0807", "1303", "1317"]


def test_lo_descartado_no_se_acepta_y_se_puede_recuperar(client, zonal1, url, aceptar):
    pedida = entrar(client, zonal1).get(f"{url}?donde=zona-1")
    [(_, descartar, _)] = client.get(pedida.url).context["propuestos"]
    respuesta = client.get(f"{url}?{descartar}")
    [(propuesto, recuperar, _)] = respuesta.context["propuestos"]
    assert propuesto.descartado
    assert parse_qs(recuperar) == parse_qs(consulta(pedida))
    rechazo = client.post(aceptar, {"consulta": descartar, "numero": "todos"})
    assert rechazo.status_code == 409
    assert not Grupo.objects.exists()


def test_aceptar_dos_veces_no_repite(client, zonal1, url, aceptar):
    pedida = entrar(client, zonal1).get(f"{url}?donde=zona-1")
    datos = {"consulta": consulta(pedida), "numero": "1"}
    client.post(aceptar, datos)
    respuesta = client.post(aceptar, datos)
    assert respuesta.status_code == 409
    assert respuesta.context["form"].non_field_errors() == [
        "Ese grupo ya se aceptó, se descartó o alguno de sus cantones tiene grupo."
    ]
    assert Grupo.objects.count() == 1


def test_una_exigencia_imposible_dice_cual(client, zonal1, url):
    respuesta = entrar(client, zonal1).get(f"{url}?donde=zona-1&grupos=9")
    assert respuesta.status_code == 400
    assert respuesta.context["form"].non_field_errors() == [
        "Se piden 9 grupos, pero con un mínimo de 1 cantón por grupo y lo pedido junto no salen "
        "más de 3."
    ]


def test_estos_juntos_y_estos_no_por_nombre(client, zonal1, url):
    entrar(client, zonal1)
    separados = client.get(f"{url}?donde=zona-1&separados=esmeraldas,MUISNE&max_cantones=2")
    grupos = [set(grupo.split("-")) for grupo in parse_qs(consulta(separados))["g"]]
    assert {"0801", "0807"} in grupos
    assert {"0803"} in grupos
    juntos = client.get(f"{url}?donde=zona-1&juntos=Esmeraldas, 0803&max_cantones=2")
    assert {"0801", "0803"} in [set(g.split("-")) for g in parse_qs(consulta(juntos))["g"]]


def test_solo_los_cantones_que_se_escriben(client, zonal1, url):
    pedida = entrar(client, zonal1).get(f"{url}?donde=cantones&solo=Muisne, Pedernales")
    assert parse_qs(consulta(pedida))["g"] == ["0803-1317"]


@pytest.mark.parametrize(
    ("pedido", "campo", "mensaje"),
    [
        ("donde=zona-4", "donde", "Ese territorio no es de su jurisdicción."),
        ("donde=pais", "donde", "Ese territorio no es de su jurisdicción."),
        ("donde=zona-1&juntos=Gotham", "juntos", "«Gotham» no es un cantón vigente."),
        (
            "donde=zona-1&juntos=Muisne,0803",
            "juntos",
            "«Muisne,0803» nombra dos veces al mismo cantón.",
        ),
        ("donde=cantones", "solo", "Escriba qué cantones se agrupan."),
    ],
)
def test_lo_mal_pedido_se_dice_junto_al_campo(client, zonal1, url, pedido, campo, mensaje):
    respuesta = entrar(client, zonal1).get(f"{url}?{pedido}")
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors[campo] == [mensaje]


def test_un_homonimo_pide_el_codigo(client, zonal1, url, territorio):
    territorio.lugar["0803"].nombre = "Rioverde"
    territorio.lugar["0803"].save()
    respuesta = entrar(client, zonal1).get(f"{url}?donde=zona-1&juntos=Rioverde,Esmeraldas")
    assert respuesta.context["form"].errors["juntos"] == [
        "Hay 2 cantones llamados «Rioverde»: Rioverde (Esmeraldas), código 0803 y Rioverde "
        "(Esmeraldas), código 0807. Escriba el código."
    ]


@pytest.mark.parametrize(
    ("reparto", "mensaje"),
    [
        ("g=0801-9999", "No es código de ningún cantón vigente: 9999."),
        (
            "g=0801-0807&g=0807",
            "La dirección repite un cantón en dos grupos: pida la propuesta otra vez.",
        ),
    ],
)
def test_una_direccion_rota_no_se_muestra(client, zonal1, url, reparto, mensaje):
    respuesta = entrar(client, zonal1).get(f"{url}?donde=zona-1&{reparto}")
    assert respuesta.status_code == 400
    assert respuesta.context["form"].non_field_errors() == [mensaje]


def test_una_zona_no_guarda_grupos_de_otra(client, zonal1, url, aceptar):
    respuesta = entrar(client, zonal1).post(
        aceptar, {"consulta": "donde=zona-1&g=1303-1317", "numero": "1"}
    )
    assert respuesta.status_code == 409
    assert respuesta.context["form"].non_field_errors() == [
        "Chone y Pedernales: ningún cantón es de su zona."
    ]
    assert not Grupo.objects.exists()


def test_los_de_un_grupo_propuesto_se_reparten_si_se_pide(client, zonal1, grupo1, url, aceptar):
    Grupo.objects.update(estado="propuesto")
    assert parse_qs(consulta(entrar(client, zonal1).get(f"{url}?donde=zona-1")))["g"] == ["0803"]
    pedida = client.get(f"{url}?donde=zona-1&repartir=on")
    [(propuesto, _, _)] = client.get(pedida.url).context["propuestos"]
    assert propuesto.codigos == ("0801", "0803", "0807")
    assert [str(uno) for uno in propuesto.ocupantes] == [f"{grupo1} (propuesto)"]
    client.post(aceptar, {"consulta": consulta(pedida), "numero": "1"})
    assert Grupo.objects.count() == 2


def test_todos_con_grupo_se_dice(client, zonal1, grupo1, grupo2, url):
    respuesta = entrar(client, zonal1).get(f"{url}?donde=zona-1")
    assert respuesta.status_code == 400
    assert respuesta.context["form"].non_field_errors() == [
        "Todos los cantones pedidos tienen ya grupo en esta estrategia. Si quiere otra manera de "
        "juntar los que solo están propuestos, marque «Repartir también…»."
    ]


def test_lo_no_continuo_pasa_por_la_mesa(client, zonal1, url, aceptar):
    """Aceptarlo de un golpe evitaría la justificación que la mesa exige."""
    reparto = "donde=zona-1&g=0803-0807"
    [(propuesto, _, mesa)] = entrar(client, zonal1).get(f"{url}?{reparto}").context["propuestos"]
    assert (propuesto.pendiente, propuesto.se_acepta_asi) == (True, False)
    assert parse_qs(mesa)["cantones"] == ["0803", "0807"]
    respuesta = client.post(aceptar, {"consulta": reparto, "numero": "todos"})
    assert respuesta.status_code == 409
    assert not Grupo.objects.exists()


def test_un_canton_con_una_parroquia_en_otro_grupo_ya_tiene_grupo(
    client, zonal1, url, aceptar, grupo1
):
    grupo1.membresias.exclude(gad="080752").delete()
    reparto = "donde=zona-1&g=0807"
    [(propuesto, _, _)] = entrar(client, zonal1).get(f"{url}?{reparto}").context["propuestos"]
    assert [str(uno) for uno in propuesto.impiden] == [str(grupo1)]
    assert client.post(aceptar, {"consulta": reparto, "numero": "1"}).status_code == 409


def test_un_numero_enorme_en_la_direccion_no_descarta_nada(client, zonal1, url):
    respuesta = entrar(client, zonal1).get(f"{url}?donde=zona-1&g=0803&sin={'9' * 5000}")
    assert [propuesto.pendiente for propuesto, _, _ in respuesta.context["propuestos"]] == [True]


@pytest.mark.django_db(transaction=True)
def test_dos_que_aceptan_repartos_cruzados_a_la_vez_no_repiten_cantones(zonal1, url, aceptar):
    repartos = ("0801-0807", "0801-0803")
    navegadores = [entrar(Client(), zonal1) for _ in repartos]

    def trabajo(n):
        datos = {"consulta": f"donde=zona-1&g={repartos[n]}", "numero": "1"}
        return navegadores[n].post(aceptar, datos).status_code

    hechos = a_la_vez(2, trabajo)
    assert sorted(hechos, key=str) == [302, 409]
    assert Grupo.objects.count() == 1


@pytest.mark.parametrize(
    ("escrito", "error"),
    [
        ("x" * 300, f"«{'x' * 59}…» no es un cantón vigente."),
        ("Muisne," * 40, f"«{('Muisne,' * 9)[:59]}…» nombra dos veces al mismo cantón."),
        ("Muisne\n" * 2000, "Es demasiado largo: escriba menos cantones."),
        ("Muis\0ne", "Los caracteres nulos no están permitidos."),
    ],
    ids=["desconocido", "repetido", "larguísimo", "nulo"],
)
def test_lo_larguisimo_se_repite_en_corto(client, zonal1, url, escrito, error):
    respuesta = entrar(client, zonal1).get(url, {"donde": "zona-1", "juntos": escrito})
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors == {"juntos": [error]}


def test_los_nombres_de_los_cantones_se_preparan_una_sola_vez():
    """Rehacerlos con cada nombre tardaba segundos con un texto largo."""

    class Sitios(dict):
        recorridos = 0

        def items(self):
            self.recorridos += 1
            return super().items()

    sitios = Sitios({"0803": Sitio("0803", "Muisne", "Esmeraldas", 1)})
    campo = CantonesField()
    campo.terreno = SimpleNamespace(sitios=sitios, nombres={"0803": "Muisne"})
    assert campo.clean("Muisne\n" * 50) == [["0803"]] * 50
    assert sitios.recorridos == 1
